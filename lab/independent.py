# SPDX-License-Identifier: BSD-2-Clause
r"""Scenario `independent`: the two PEs of CE2 decide between them by VRRP, each tells its role, and PE1 follows.

                               to-pe1 +-----+ to-pe2
                       .--------------|  P  |--------------.     VC 100
                      /               +-----+               \
      eth0  to-ce1   / to-p                             to-p \  to-ce2  eth0
  CE1 ------------ PE1                                       PE2------------- CE2
   |        to-ce1-b \ to-pe3             keepalived, to-pe3 |  \ to-ce2-b    | |
   |                  \                     VRRP, 10.1.4.254 |   '------------'-|- eth2
    '-- eth1           \                  keepalived, to-pe2 |                  | eth1
                        '--------------------------------- PE3 ----------------'
                            VC 200              to-pe1          to-ce2

All are `mpls l2vpn redundancy independent`. PE2 and PE3 have `mpls l2vpn ac-role follow-address 10.1.4.254`: who holds the
address is active, the other tells 0x20. keepalived moves it: when PE2 loses CE2, when its daemon or the whole PE dies.

The second circuit, between CE1's eth1 and CE2's eth2, has both of its pseudowires between PE1 and PE2, VC 301 and 302:
two independent PEs of which each may ask the other to use the other one (`mpls l2vpn request-switchover`).
"""
import os
import pathlib
import signal
import subprocess

from base import PRIMARY, SECONDARY
from checks import step
from topology import Broken, wait_until
from triangle import FAR, Triangle

KEEPALIVED = "/usr/sbin/keepalived"
VIP = "10.1.4.254"
BETWEEN = {"pe2": "to-pe3", "pe3": "to-pe2"}    # the link VRRP speaks on
PRIORITY = {"pe2": 200, "pe3": 100}
STANDBY = 0x20
AC_B = "GigabitEthernet0/4/0"


class Keepalived:
    """Debian's keepalived in the namespace of a PE, with files of its own below the lab's directory."""

    def __init__(self, lab, node):
        if not pathlib.Path(KEEPALIVED).exists():
            raise Broken("keepalived is not installed: apt-get install keepalived")
        self.lab, self.node = lab, node
        self.dir = lab.dir / f"keepalived-{node}"
        self.dir.mkdir()
        self.conf, self.out = self.dir / "keepalived.conf", self.dir / "log"
        self.process = None
        self.pid_file = lab.dir / f"keepalived-{node}.pid"      # the lab kills what its .pid files name
        self.conf.write_text(f"""global_defs {{
    router_id {node}
    vrrp_version 3
    vrrp_garp_master_refresh 0
}}
vrrp_instance ce2 {{
    interface {BETWEEN[node]}
    dont_track_primary
    state BACKUP
    virtual_router_id 1
    priority {PRIORITY[node]}
    advert_int 0.2
    preempt_delay 1
    track_interface {{
        to-ce2
    }}
    virtual_ipaddress {{
        {VIP}/32 dev {BETWEEN[node]}
    }}
}}
""")

    def start(self):
        if self.process and self.process.poll() is None:
            return
        command = ["nsenter", f"--net=/run/netns/{self.lab.ns(self.node)}", KEEPALIVED, "--dont-fork", "--log-console", "--vrrp",
                   "-f", self.conf, "-p", self.dir / "parent", "-r", self.dir / "vrrp"]
        with open(self.out, "ab") as out:
            self.process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                            start_new_session=True)
        self.pid_file.write_text(str(self.process.pid))

    def kill(self):
        """As a crash: the child that speaks VRRP dies with its parent, and the address stays until it is taken away, as
        it would not on a PE without power; so it is taken away here."""
        for name in ("parent", "vrrp"):
            try:
                os.kill(int((self.dir / name).read_text()), signal.SIGKILL)
            except (OSError, ValueError):
                pass
            (self.dir / name).unlink(missing_ok=True)
        self.process.wait()
        self.lab.ip(self.node, "address", "del", f"{VIP}/32", "dev", BETWEEN[self.node], check=False)

    def tail(self):
        return "\n".join(self.out.read_text(errors="replace").splitlines()[-5:]) if self.out.exists() else ""


class Scenario(Triangle):
    acts = ("ac_fault", "vrrp_dies", "split", "path_cut", "dead", "requests")
    links = Triangle.links + ("ce1/eth1 pe1/to-ce1-b", "pe2/to-ce2-b ce2/eth2")

    def build(self):
        super().build()
        self.lab.ip("ce1", "address", "add", "192.0.2.1/24", "dev", "eth1")
        self.lab.ip("ce2", "address", "add", "192.0.2.2/24", "dev", "eth2")
        self.vrrp = {node: Keepalived(self.lab, node) for node in BETWEEN}

    def start(self):
        for vrrp in self.vrrp.values():
            vrrp.start()
        super().start()

    # ---- who holds the address -----------------------------------------------------------------------

    def holds(self, node):
        return f" {VIP}/32 " in self.lab.ip(node, "-4", "address", "show", "dev", BETWEEN[node]).stdout

    def wait_holder(self, *nodes):
        wait_until(lambda: f"{nodes} to hold {VIP}\n" + "\n".join(v.tail() for v in self.vrrp.values()),
                   lambda: tuple(n for n in BETWEEN if self.holds(n)) == nodes, 20)

    def follows(self, when, node):
        """Address, role told and circuit are at @node."""
        self.wait_holder(node)
        other = {"pe2": "pe3", "pe3": "pe2"}[node]
        self.wait_status(f"{when}: {node.upper()} tells that it is active", 0, "pe1", FAR[node])
        if self.engine[other].runs():
            self.wait_status(f"{when}: {other.upper()} tells that it is standby", STANDBY, "pe1", FAR[other])
        self.wait_active(FAR[node])
        self.checks.add(f"{when}: the circuit is where the address is", True, FAR[node])

    # ---- the play --------------------------------------------------------------------------------------

    def prepared(self):
        self.follows("at the start", "pe2")

    def ac_fault(self):
        self.carried("by-pe2", PRIMARY, "VRRP's master is PE2", 1)
        self.event("far-ac", "CE2's port at PE2 goes down: VRRP moves the address, the roles move, the circuit moves")
        self.link("ce2", "eth0", "down")
        self.wait_holder("pe3")
        self.wait_active(SECONDARY)
        self.carried("by-pe3", SECONDARY, seconds=1)
        self.event("far-ac-back", "the port comes back; VRRP gives the address back, and the circuit follows at once")
        self.link("ce2", "eth0", "up")
        self.follows("far-ac-back", "pe2")
        self.carried("by-pe2-again", PRIMARY, seconds=1)

    def vrrp_dies(self):
        self.event("vrrp-dead", "keepalived of PE2 is killed: PE3 takes the address, though nothing else is wrong")
        self.vrrp["pe2"].kill()
        self.follows("vrrp-dead", "pe3")
        self.carried("moved", SECONDARY, seconds=1)
        self.event("vrrp-back", "keepalived of PE2 starts again")
        self.vrrp["pe2"].start()
        self.follows("vrrp-back", "pe2")

    def split(self):
        self.event("split", "VRRP is cut: both PEs hold the address and say active; the primary is used, the alarm is raised")
        for node, dev in BETWEEN.items():
            self.lab.exec(node, "tc", "qdisc", "replace", "dev", dev, "root", "pfifo", "limit", "0")     # drops all
        self.wait_holder("pe2", "pe3")
        self.wait_status("split: PE3 says active, too", 0, "pe1", SECONDARY)
        self.checks.add("split: PE1 stays on the primary", self.active() == PRIMARY, self.active())
        said = self.diagnose()
        self.checks.add("split: the diagnosis of PE1 says that both are active", "both" in said.lower() and
                        "active" in said.lower(), next((l.strip() for l in said.splitlines() if "both" in l.lower()), said))
        for node, dev in BETWEEN.items():
            self.lab.exec(node, "tc", "qdisc", "del", "dev", dev, "root")
        self.follows("split: healed", "pe2")

    def path_cut(self):
        self.event("cut", "the link from PE1 to P is cut: PE3 is standby and stays so, nothing both call active is left")
        self.link("p", "to-pe1", "down")
        wait_until("PE1 to take the primary down", lambda: not self.up(PRIMARY), 20)
        self.checks.add("cut: PE1 does not send to the standby", self.active() == "none", self.active())
        said = self.diagnose()
        self.checks.add("cut: the diagnosis names it", "standby" in said, next(
            (l.strip() for l in said.splitlines() if "standby" in l), said))
        self.event("cut-vrrp", "the operator moves the address by hand: PE3 carries")
        self.vrrp["pe2"].kill()
        self.wait_holder("pe3")
        self.wait_active(SECONDARY)
        self.carried("cut-by-pe3", SECONDARY, seconds=1)
        self.event("restored", "the link is back, and VRRP's master is PE2 again")
        self.link("p", "to-pe1", "up")
        self.wait_up()
        self.vrrp["pe2"].start()
        self.follows("restored", "pe2")

    def dead(self):
        self.event("pe2-dead", "PE2 loses its power")
        self.vrrp["pe2"].kill()
        self.die("pe2")
        self.wait_holder("pe3")
        self.wait_active(SECONDARY)
        self.carried("without-pe2", SECONDARY, seconds=1)
        self.event("pe2-back", "PE2 is back")
        self.revive("pe2")
        self.wait_up()
        self.vrrp["pe2"].start()
        self.follows("pe2-back", "pe2")
        self.carried("pe2-carries", PRIMARY, seconds=1)

    def requests(self):
        """The second circuit, apart from the meter's; its frames are pings."""
        step("the second circuit: two pseudowires between the same two PEs, the one with the lower PW ID is used (RFC 6870, 5.1)")
        for ac, peer, node in ((AC_B, "2.2.2.2", "pe1"), (AC_B, "1.1.1.1", "pe2")):
            self.engine[node].configure("mpls l2vpn", f"mpls l2vpn request-switchover peer {peer}", "quit", f"interface {ac}",
                                        f"mpls l2vc {peer} 301", f"mpls l2vc {peer} 302 secondary",
                                        "mpls l2vpn redundancy independent")
        self.wait_up()
        self.both_use(PRIMARY, "as configured")
        for node, to in (("pe1", SECONDARY), ("pe2", PRIMARY), ("pe2", SECONDARY), ("pe1", PRIMARY)):
            self.engine[node].cli(f"mpls l2vpn request-switchover interface {AC_B} {to}")
            self.both_use(to, f"{node.upper()} asks for the {to}")
        self.engine["pe1"].cli(f"mpls l2vpn request-switchover interface {AC_B} secondary")
        self.both_use(SECONDARY, "before the secondary fails")
        self.engine["pe2"].configure(f"interface {AC_B}", "manual-set pw-ac-fault secondary")
        self.both_use(PRIMARY, "the secondary fails: the request is over")
        self.engine["pe2"].configure(f"interface {AC_B}", "undo manual-set pw-ac-fault secondary")
        self.wait_up()
        self.both_use(PRIMARY, "the secondary is back: nobody asked for it again")

    def both_use(self, slot, when):
        wait_until(lambda: f"{when}: both to use the {slot}; PE1 {self.active(AC_B)}, PE2 {self.active(AC_B, 'pe2')}",
                   lambda: self.active(AC_B) == slot == self.active(AC_B, "pe2"), 20)
        ping = self.lab.exec("ce1", "ping", "-c", "3", "-i", "0.2", "-W", "1", "192.0.2.2", check=False).stdout
        self.checks.add(f"{when}: both ends use the {slot}, and frames cross", " 0% packet loss" in ping, "3 pings")

    def judge(self, rows):
        self.none_lost(rows, "steady", "by-pe2", "by-pe3", "by-pe2-again", "moved", "cut-by-pe3", "without-pe2", "pe2-carries")
        self.none_twice(rows)
        self.judge_ports(rows, by_pe2="pe2", by_pe3="pe3", by_pe2_again="pe2", moved="pe3", cut_by_pe3="pe3",
                         without_pe2="pe3", pe2_carries="pe2")
