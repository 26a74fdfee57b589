# SPDX-License-Identifier: BSD-2-Clause
r"""Scenario `storm`: 512 circuits on sub-interfaces, everything fails and recovers at random for a minute.

                               to-pe1 +-----+ to-pe2
                       .--------------|  P  |--------------.       512 primary PWs
                      /               +-----+               \
      eth0  to-ce1   / to-p                             to-p \  to-ce2  eth0
  CE1 ============ PE1                                       PE2=========== CE2
     512 VLANs       \ to-pe3                          to-pe3 |              /
                      \                                       |             / eth1
                       \                               to-pe2 |            /
                        '------------------------------------ PE3 ========'
                         512 secondary PWs         to-pe1       to-ce2

Circuit N is VLAN N; KINDS[N % 8] is its mode and policy. Links and ports go down and up, engines are killed and come back,
sessions are reset, pseudowires are withdrawn, the operator types manual faults, switchovers and roles. Then most is healed,
some is left as it is, and every circuit must be where its policy wants it: a model in this file, of what is left, says
where; PE1's display says where it is, the far ends' displays say what they were told, and a frame in each VLAN, each way,
shows it. `--seed N` repeats the choices of a run (not its timing); `--seconds N` is how long it blows.
"""
import difflib
import random
import re
import select
import socket
import struct
import time

from base import AC, PRIMARY, SECONDARY
from checks import step
from engine import Engine
from topology import SLOW, wait_until
from triangle import FAR, Triangle

CIRCUITS = 512
SECONDS = 60
STAYS = 3   # s
RECOVERY = 20   # s: a PW that was withdrawn while its peer's engine was dead is believed in for so long (RFC 3478)
ETH_ALL, MARK, ETHERTYPE = 3, b"TW-STORM", 0x88b6
STANDBY = 0x20
# mode, lines at PE1; None: independent, roles by `ac-role`
KINDS = (("frr", ["mpls l2vpn reroute immediately resume 1"]),
         ("frr", ["mpls l2vpn reroute delay 10 resume 2"]),
         ("frr", ["mpls l2vpn reroute never"]),
         ("master", ["mpls l2vpn redundancy master", "mpls l2vpn reroute immediately"]),
         ("master", ["mpls l2vpn redundancy master", "mpls l2vpn reroute delay 10"]),
         ("master", ["mpls l2vpn redundancy master", "mpls l2vpn reroute never"]),
         ("master", ["mpls l2vpn redundancy master", "mpls l2vpn reroute immediately", "mpls l2vpn holdoff 2"]),
         ("independent", ["mpls l2vpn redundancy independent"]))
LSR = {"pe1": "1.1.1.1", "p": "9.9.9.9", "pe2": "2.2.2.2", "pe3": "3.3.3.3"}
# node: [(interface, device, address, {neighbour: its address})]
CORE = {"pe1": [("GigabitEthernet0/2/0", "to-p", "10.1.1.1"), ("GigabitEthernet0/3/0", "to-pe3", "10.1.3.1")],
        "p": [("GigabitEthernet0/1/0", "to-pe1", "10.1.1.2"), ("GigabitEthernet0/2/0", "to-pe2", "10.1.2.2")],
        "pe2": [("GigabitEthernet0/2/0", "to-p", "10.1.2.1")],
        "pe3": [("GigabitEthernet0/2/0", "to-pe1", "10.1.3.2")]}
ROUTES = {"pe1": [("2.2.2.2", "10.1.1.2"), ("9.9.9.9", "10.1.1.2"), ("3.3.3.3", "10.1.3.2")],
          "p": [("1.1.1.1", "10.1.1.1"), ("2.2.2.2", "10.1.2.1")],
          "pe2": [("1.1.1.1", "10.1.2.2"), ("9.9.9.9", "10.1.2.2")], "pe3": [("1.1.1.1", "10.1.3.1")]}
PEER = {"pe1": ("2.2.2.2", "3.3.3.3"), "p": (), "pe2": ("1.1.1.1",), "pe3": ("1.1.1.1",)}
AC_PORT = {"pe1": "to-ce1", "pe2": "to-ce2", "pe3": "to-ce2"}
# what goes down and up: node, device
LINKS = {"PE1-P": ("p", "to-pe1"), "P-PE2": ("p", "to-pe2"), "PE1-PE3": ("pe3", "to-pe1"),
         "AC of PE1": ("ce1", "eth0"), "AC of PE2": ("ce2", "eth0"), "AC of PE3": ("ce2", "eth1")}
LEFT_DOWN = ("nothing", "nothing", "PE1-P", "P-PE2", "PE1-PE3", "AC of PE2", "AC of PE3")


def mode(n):
    return KINDS[n % len(KINDS)][0]


def never(n):
    return any("never" in line for line in KINDS[n % len(KINDS)][1])


def sub(n):
    return f"{AC}.{n}"


def circuit_lines(node, n):
    """Of the sub-interface, without its vlan-type."""
    if node == "pe1":
        return [f"mpls l2vc 2.2.2.2 {1000 + n}", f"mpls l2vc 3.3.3.3 {2000 + n} secondary", *KINDS[n % len(KINDS)][1]]
    lines = [f"mpls l2vc 1.1.1.1 {(1000 if node == 'pe2' else 2000) + n}"]
    if mode(n) == "independent":
        lines += ["mpls l2vpn redundancy independent", f"mpls l2vpn ac-role {'active' if node == 'pe2' else 'standby'}"]
    return lines


def config(node):
    lines = [f"sysname {node.upper()}", "#", f"mpls lsr-id {LSR[node]}", "#", "mpls", "#"]
    lines += ["mpls l2vpn", "#"] if node != "p" else []
    lines += ["mpls ldp", " graceful-restart", f" graceful-restart timer reconnect {RECOVERY}",
              f" graceful-restart timer recovery {RECOVERY}", " label distribution control-mode ordered", "#"]
    for peer in PEER[node]:
        lines += [f"mpls ldp remote-peer to-{peer}", f" remote-ip {peer}", " mpls ldp timer hello-send 1", "#"]
    for name, _, address in CORE[node]:
        lines += [f"interface {name}", f" ip address {address} 255.255.255.252", " mpls", " mpls ldp",
                  " mpls ldp timer hello-send 1", "#"]
    for n in range(1, CIRCUITS + 1) if node != "p" else ():
        lines += [f"interface {sub(n)}", f" vlan-type dot1q {n}", *(f" {line}" for line in circuit_lines(node, n)), "#"]
    lines += ["interface LoopBack0", f" ip address {LSR[node]} 255.255.255.255", "#"]
    lines += [f"ip route-static {to} 255.255.255.255 {by}" for to, by in ROUTES[node]]
    return "\n".join(lines + ["#", "return", ""])


def ports(node):
    lines = [f"{name} {dev}" for name, dev, _ in CORE[node]]
    return "\n".join(lines + ([f"{AC} {AC_PORT[node]}"] if node in AC_PORT else []) + [""])


class Left:
    """What the storm has done and not undone: the model's input."""

    def __init__(self):
        self.down = set()           # of LINKS
        self.manual = set()         # (circuit, slot)
        self.switchover = set()     # circuits
        self.standby = {(n, "pe3") for n in range(1, CIRCUITS + 1) if mode(n) == "independent"}     # (circuit, PE)
        self.withdrawn = set()      # (circuit, PE)

    def usable(self, n, slot):
        pe = next(p for p, s in FAR.items() if s == slot)
        links = {PRIMARY: {"PE1-P", "P-PE2", "AC of PE2"}, SECONDARY: {"PE1-PE3", "AC of PE3"}}[slot]
        return not (links & self.down or (n, slot) in self.manual or (n, pe) in self.withdrawn or
                    (n, pe) in self.standby)

    def of(self, n):
        """In words, what is left at circuit @n."""
        said = [f"{key[1]} {what}" for what, keys in (("has a manual fault", self.manual), ("is standby", self.standby),
                                                     ("has withdrawn", self.withdrawn)) for key in sorted(keys) if key[0] == n]
        return ", ".join(said + ["switchover"] * (n in self.switchover) + [f"{name} is down" for name in sorted(self.down)]) or "nothing is left"

    def wants(self, n):
        """The slots that are right for circuit @n."""
        both = [s for s in (PRIMARY, SECONDARY) if self.usable(n, s)]
        if len(both) < 2:
            return both or ["none"]
        if never(n) and n not in self.switchover:
            return both
        return [SECONDARY if n in self.switchover else PRIMARY]


class Scenario(Triangle):
    seconds, seed = SECONDS, None

    def make_engine(self, node):
        return Engine(self.lab, node, config(node), ports(node))

    def build(self):
        super().build()
        for node, dev in (("pe2", "to-pe3"), ("pe3", "to-pe2")):
            self.lab.ip(node, "link", "set", dev, "down")     # of no use here

    def all_up(self, nodes=None):
        return all(len(rows) == want and all(up for _, _, up, _ in rows) for rows, want in
                   ((self.vpws("pe1"), 2 * CIRCUITS), (self.vpws("pe2"), CIRCUITS), (self.vpws("pe3"), CIRCUITS)))

    def diagnose(self, node=None, ac=None):
        down = [f"{name} {role}" for name, role, up, _ in self.vpws(node or self.owner) if not up]
        return super().diagnose(node, ac) if ac else f"{len(down)} down: {down[:4]}"

    def play(self):
        self.start()
        self.probe = Probe(self.lab)
        self.left = Left()
        self.settled("at the start")
        step("counter-proof: the engines are stopped and flushed")
        for engine in self.engine.values():
            engine.stop()
            engine.flush()
        there, back = self.probe.round(range(1, CIRCUITS + 1))
        self.checks.add("counter-proof: with the engines flushed nothing crosses", not there and not back,
                        f"{len(there)} and {len(back)} of {CIRCUITS} frames arrived")
        self.start()
        self.blow()
        self.calm()
        self.settled("after the storm")
        self.ended()
        return []

    # ---- the storm -------------------------------------------------------------------------------------

    def blow(self):
        seed = self.seed if self.seed is not None else int(time.time()) % 1000000
        self.random = random.Random(seed)
        step(f"{self.seconds} s of storm, --seed {seed}")
        deeds = [(self.toggle, 6), (self.killed, 1), (self.reset, 1), (self.manual, 3), (self.switch, 2), (self.withdraw, 2),
                 (self.role, 2)]
        end, self.done, self.forgotten = time.monotonic() + self.seconds, {}, []
        while time.monotonic() < end:
            deed = self.random.choices([d for d, _ in deeds], [w for _, w in deeds])[0]
            deed()
            self.done[deed.__name__] = self.done.get(deed.__name__, 0) + 1
            time.sleep(self.random.uniform(0, 1))
        step("  " + ", ".join(f"{name} {n}" for name, n in sorted(self.done.items())))
        self.checks.add("a killed engine comes back with its configuration", not self.forgotten, "\n".join(self.forgotten[:20]))

    def some(self, test=lambda n: True, most=16):
        can = [n for n in range(1, CIRCUITS + 1) if test(n)]
        return sorted(self.random.sample(can, min(len(can), self.random.randint(1, most))))

    def toggle(self, name=None):
        name = name or self.random.choice(sorted(LINKS))
        self.left.down ^= {name}
        self.link(*LINKS[name], "down" if name in self.left.down else "up")

    def killed(self):
        engine = self.engine[self.random.choice(sorted(self.engine))]
        before = engine.cli("display current-configuration").splitlines()
        engine.kill()
        time.sleep(self.random.uniform(0, 2))
        engine.start(netns_exec=True)
        after = engine.cli("display current-configuration").splitlines()
        for name in sorted(self.left.down):     # a new engine sets the ports up that are not `shutdown`
            self.link(*LINKS[name], "down")
        self.forgotten += [f"{engine.node}: {line}" for line in difflib.unified_diff(before, after, lineterm="", n=1)]

    def reset(self):
        self.engine[self.random.choice(("pe1", "pe2", "pe3"))].cli("reset mpls ldp", check=False)

    def each(self, node, circuits, *lines):
        """@lines in the view of each of @circuits, in one commit."""
        self.engine[node].configure(*(x for n in circuits for x in (f"interface {sub(n)}", *lines, "quit")))

    def flip(self, what, circuits, key, node, *words):
        """words: lines that set it, and that take it back."""
        on = [n for n in circuits if key(n) not in what]
        for set_, take in ((on, words[0]), ([n for n in circuits if n not in on], words[1])):
            if set_:
                self.each(node, set_, *take)
        what ^= {key(n) for n in circuits}

    def manual(self):
        slot = self.random.choice((PRIMARY, SECONDARY))
        line = "manual-set pw-ac-fault" + (" secondary" if slot == SECONDARY else "")
        self.flip(self.left.manual, self.some(), lambda n: (n, slot), "pe1", [line], ["undo " + line])

    def switch(self):
        """Refused where the secondary is dead: then it has not been typed."""
        for n in self.some(lambda n: mode(n) == "master", 4):
            line = "mpls l2vpn switchover" if n not in self.left.switchover else "undo mpls l2vpn switchover"
            if self.engine["pe1"].configure(f"interface {sub(n)}", line, check=False) is not None:
                self.left.switchover ^= {n}

    def withdraw(self):
        pe = self.random.choice(("pe2", "pe3"))
        gone = self.some(lambda n: mode(n) != "independent")
        vc = 1000 if pe == "pe2" else 2000
        for n in gone:
            line = "undo mpls l2vc" if (n, pe) not in self.left.withdrawn else f"mpls l2vc 1.1.1.1 {vc + n}"
            self.each(pe, [n], line)
            self.left.withdrawn ^= {(n, pe)}

    def role(self):
        pe = self.random.choice(("pe2", "pe3"))
        self.flip(self.left.standby, self.some(lambda n: mode(n) == "independent"), lambda n: (n, pe), pe,
                  ["mpls l2vpn ac-role standby"], ["mpls l2vpn ac-role active"])

    def calm(self):
        """All links but perhaps one come back; what the operator typed stays."""
        stays = self.random.choice(LEFT_DOWN)
        for name in sorted(LINKS):
            if (name in self.left.down) != (name == stays):
                self.toggle(name)
        step(f"calm: {stays} is left down, and {len(self.left.manual)} manual faults, {len(self.left.switchover)} "
             f"switchovers, {len(self.left.withdrawn)} pseudowires undone")

    # ---- judgement ---------------------------------------------------------------------------------------

    def settled(self, when):
        circuits = range(1, CIRCUITS + 1)
        want = {n: self.left.wants(n) for n in circuits}
        wait_until(lambda: f"{when}: every circuit to be where its policy wants it; not so: " + self.shown(self.astray(want)),
                   lambda: not self.astray(want), 90)
        time.sleep(STAYS)
        astray = self.astray(want)
        self.checks.add(f"{when}: every circuit is where its policy wants it, and stays", not astray, self.shown(astray) if astray
                        else ", ".join(f"{sum(s == where for s in self.where.values())} on {where}"
                                       for where in (PRIMARY, SECONDARY, "none")))
        wait_until(lambda: f"{when}: the far ends to have heard it; not so: {self.misled()[:8]}", lambda: not self.misled(), 30)
        self.checks.add(f"{when}: both far ends hear what their circuits' modes say", True, f"{CIRCUITS} circuits")
        self.crosses(when, [n for n in circuits if want[n] != ["none"]])

    def astray(self, want):
        """{circuit: (where it is, what is right)} of those that are not there."""
        self.where = dict.fromkeys(want, "none")
        for ac, role, _, active in self.vpws("pe1"):
            if active:
                self.where[int(ac.split(".")[1])] = role
        return {n: (self.where[n], want[n]) for n in want if self.where[n] not in want[n]}

    def shown(self, astray):
        some = sorted(astray)[:5]
        far = {pe: {ac: up for ac, _, up, _ in self.vpws(pe)} for pe in FAR}
        return f"{len(astray)}: " + "; ".join(
            f"{sub(n)} ({' '.join(KINDS[n % len(KINDS)][1])}) is on {astray[n][0]}, right: {astray[n][1]}, since {self.left.of(n)}; "
            f"far ends up: {[(pe, far[pe].get(sub(n))) for pe in FAR]}" for n in some) + \
            "\n" + "\n".join(self.diagnose("pe1", sub(n)) for n in some[:2])

    def misled(self):
        """[(PE, circuit, what it hears, what it should)] of the status bits of role and fault that PE1 tells."""
        out = []
        for pe, slot in FAR.items():
            text = self.cli(pe, "display mpls l2vc")
            heard = {int(n): int(status, 16) for n, status in re.findall(
                rf"\*client interface\s*: {AC}\.(\d+) (?:(?!\*client).)*?remote status code\s*: 0x([0-9a-f]+)", text, re.S)}
            for n in range(1, CIRCUITS + 1):
                if (n, pe) in self.left.withdrawn or {"AC of PE1", "PE1-P", "P-PE2", "PE1-PE3"} & self.left.down:
                    continue
                # what the master sends on is not standby; where nothing can be sent the bit says nothing
                right = STANDBY if mode(n) == "master" and self.where[n] not in (slot, "none") else 0
                bits = STANDBY if self.where[n] != "none" else 0
                if (n, slot) in self.left.manual:
                    right, bits = right | 1, bits | 1
                if heard.get(n) is None or (heard[n] ^ right) & (bits | 0x1f):
                    out.append((pe, n, heard.get(n), right))
        return out

    def crosses(self, when, circuits):
        """A frame in each VLAN, there by the PW that carries and back."""
        there, back = self.probe.round(circuits, {n: int(self.where[n] == SECONDARY) for n in circuits})
        wrong = [n for n in circuits if there.get(n) != [int(self.where[n] == SECONDARY)] or back.get(n) != [0]]
        others = (set(there) | set(back)) - set(circuits)
        self.checks.add(f"{when}: a frame in each VLAN crosses once, each way, by the PE that carries", not wrong and not others,
                        f"{len(circuits)} circuits" if not wrong and not others else
                        f"not so: {[(n, self.where[n], there.get(n), back.get(n)) for n in wrong[:8]]}, too many: {sorted(others)[:8]}")

    def ended(self):
        """The engines end when told to, and no sanitizer has said anything."""
        codes = {node: engine.stop() for node, engine in self.engine.items()}
        self.checks.add("the engines end in order", not any(codes.values()), str(codes))
        said = [line for e in self.engine.values() for line in e.log_text().splitlines()
                if re.search(r"Sanitizer|runtime error:", line)]
        self.checks.add("no sanitizer has found anything", not said, "\n".join(said[:5]))


class Probe:
    """Sockets at the ports of the CEs; one frame a VLAN."""

    def __init__(self, lab):
        self.socket = {}
        for name, node, dev in (("ce1", "ce1", "eth0"), (0, "ce2", "eth0"), (1, "ce2", "eth1")):
            with lab.inside(node):
                s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_ALL))
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
            s.bind((dev, ETH_ALL))
            self.socket[name] = s
        self.turn = 0

    def round(self, circuits, ports=None):
        """{VLAN: [port of CE2]} of what reached CE2, {VLAN: [0]} of what came back, sent by @ports of CE2."""
        return self._one_way(circuits, lambda n: "ce1", (0, 1)), self._one_way(circuits, lambda n: (ports or {}).get(n, 0), ("ce1",))

    def _one_way(self, circuits, sender, to):
        self.turn += 1
        for s in self.socket.values():
            self._drain(s)
        for n in circuits:
            try:
                self.socket[sender(n)].send(bytes.fromhex("02ce000000f1" "02ce000000f2") +
                                            struct.pack("!HHH", 0x8100, n, ETHERTYPE) + MARK +
                                            struct.pack("!II", self.turn, n) + bytes(64))
            except OSError:
                pass    # a port that is down
            time.sleep(0.0005)
        got, end = {}, time.monotonic() + 1 * SLOW
        while time.monotonic() < end:
            for name in to:
                for turn, n in self._drain(self.socket[name]):
                    if turn == self.turn:
                        got.setdefault(n, []).append(0 if name == "ce1" else name)
            time.sleep(0.01)
        return got

    @staticmethod
    def _drain(s):
        """(turn, VLAN) of the frames that came in."""
        out = []
        while select.select([s], [], [], 0)[0]:
            try:
                data, address = s.recvfrom(2048)
            except OSError:
                continue        # that the port has gone down is told once
            at = data.find(MARK)
            if at >= 0 and address[2] != socket.PACKET_OUTGOING:
                out.append(struct.unpack_from("!II", data, at + len(MARK)))
        return out
