# SPDX-License-Identifier: BSD-2-Clause
r"""Scenario `bypass`: a pseudowire between the two PEs of the dual-homed CE2 (single ICB) saves a fault at either side.

                               to-pe1 +-----+ to-pe2
                       .--------------|  P  |--------------.       primary PW, VC 100
                      /               +-----+               \
      eth0  to-ce1   / to-p                             to-p \  to-ce2  eth0
  CE1 ------------ PE1                                       PE2------------- CE2
             master  \ to-pe3                          to-pe3 |              /
                      \                      bypass PW,VC 300 |             / eth1
                       \                               to-pe2 |            /
                        '------------------------------------ PE3 --------'
                          secondary PW, VC 200      to-pe1       to-ce2

AC of PE2 down: what comes on its PW goes on over the bypass to PE3 and CE2's other port; PE1 is not told and does not move.
PW of PE2 down: what CE2 gives to PE2 goes over the bypass to PE3. A frame crosses the bypass once, or not at all: every
frame on that link is captured, and none may be seen there a second time, in whatever direction, whatever is broken.

CE2 uses one of its ports at a time. Where both are up and PE2 has lost its PW, what CE2 still gives to PE2 is delivered by PE3:
to CE2, on its other port. So CE2's second port is down here where PE1's way to PE2 is cut for longer.
"""
import collections
import re
import signal
import struct
import subprocess
import time

from base import AC, BYPASS, PRIMARY, SECONDARY
from topology import Broken, wait_until
from triangle import Triangle

MAGIC = struct.pack("<I", 0x54574d31)    # METER_MAGIC of meter/frame.h


class Crossings:
    """Every frame of the meter that went over a link; its port runs in tc mode, so tcpdump sees it."""

    def __init__(self, lab, node, dev):
        self.file = lab.dir / f"{node}-{dev}.pcap"
        self.process = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{lab.ns(node)}", "tcpdump", "-i", dev, "-U", "-n", "-s", "160", "-B", "32768",
             "-w", str(self.file), "-Z", "root", "mpls"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        (lab.dir / f"tcpdump-{node}-{dev}.pid").write_text(str(self.process.pid))
        wait_until("tcpdump to listen", lambda: self.file.exists() and self.file.stat().st_size >= 24, 10)

    def stop(self):
        """{(flow, window, number): times seen}, and how many frames tcpdump itself lost."""
        self.process.send_signal(signal.SIGINT)
        said = self.process.communicate(timeout=20)[1]
        lost = re.search(r"(\d+) packets? dropped by kernel", said)
        seen, data, at = collections.Counter(), self.file.read_bytes(), 24
        while at + 16 <= len(data):
            size = struct.unpack_from("<I", data, at + 8)[0]
            frame, at = data[at + 16:at + 16 + size], at + 16 + size
            head = frame.find(MAGIC)
            if head >= 0:
                seen[struct.unpack_from("<HHQ", frame, head + 4)] += 1
        return seen, int(lost[1]) if lost else 0


class Scenario(Triangle):
    rate = 2000     # all of it may be captured
    own = 100       # for a moment, while the frames move from one port of CE2 to the other
    acts = ("ac_fault", "pw_fault", "both_acs", "both_pws", "bypass_too", "dead")

    def prepared(self):
        self.wait_settled()
        self.capture = Crossings(self.lab, "pe2", "to-pe3")
        self.before, self.crossed_by_the_dead, self.windows = self.crossed(), 0, []

    def wait_settled(self, nodes=None):
        """All is well again, PE1 is back on its primary, and PE2 and PE3 have heard so."""
        self.wait_up(nodes=nodes)
        self.wait_active(PRIMARY)
        self.wait_heard()
        self.wait_active(PRIMARY)   # still: what was heard late may have moved it

    def event(self, name, text, state=False):
        super().event(name, text, state)
        self.windows.append(name)
        time.sleep(0.2)     # both send something in it


    def ac_fault(self):
        self.event("ac-fault", "CE2's port at PE2 goes down")
        self.link("ce2", "eth0", "down")
        time.sleep(1)
        self.carried("ac-bypassed", PRIMARY, "PE1 sends to PE2 as before, the frames go on over the bypass")
        told = self.status("pe1", PRIMARY)
        self.checks.add("ac-fault: PE1 hears nothing of it", told == 0, f"status {told}")
        self.event("ac-back", "the port comes back")
        self.link("ce2", "eth0", "up")
        time.sleep(1)
        self.carried("ac-direct", PRIMARY, "without the bypass again", 1)

    def pw_fault(self):
        self.event("other-ac", "CE2's port at PE3 goes down: nothing that carries")
        self.link("ce2", "eth1", "down")
        time.sleep(1)
        told = self.status("pe1", SECONDARY)
        self.checks.add("other-ac: the bypass isolates it, the secondary stays usable", told == 0, f"status {told}")
        self.event("pw-fault", "the link from PE1 to P is cut: PE1 uses PE3, whose port is down; PE2's is up")
        self.link("p", "to-pe1", "down")
        self.wait_active(SECONDARY)
        time.sleep(1)
        self.carried("pw-bypassed", SECONDARY, "by PE3, the bypass and PE2 to CE2's first port")
        self.event("pw-back", "the link is back")
        self.link("p", "to-pe1", "up")
        self.wait_settled(("pe1", "pe2"))
        self.link("ce2", "eth1", "up")
        time.sleep(1)
        self.carried("pw-direct", PRIMARY, "without the bypass again", 1)

    def both_acs(self):
        self.event("both-acs", "both of CE2's ports go down: what CE1 sends cannot arrive, and must not go round")
        for dev in ("eth0", "eth1"):
            self.link("ce2", dev, "down")
        time.sleep(2)
        for dev in ("eth0", "eth1"):
            self.link("ce2", dev, "up")
        time.sleep(1)
        self.wait_settled()

    def both_pws(self):
        self.event("both-pws", "both links of PE1 and CE2's port at PE3 are down: what CE2 sends cannot arrive, and must not go round")
        self.link("ce2", "eth1", "down")
        self.link("p", "to-pe1", "down")
        self.link("pe3", "to-pe1", "down")
        time.sleep(2)
        self.link("pe3", "to-pe1", "up")
        self.link("p", "to-pe1", "up")
        self.wait_settled(("pe1", "pe2"))
        self.link("ce2", "eth1", "up")
        self.wait_up()
        self.event("crossed-faults", "CE2's port at PE2 and PE3's way to PE1 are down: the bypass still joins the two that are left")
        self.link("ce2", "eth0", "down")
        self.link("pe3", "to-pe1", "down")
        time.sleep(2)
        self.carried("crossed", PRIMARY, "by PE2, the bypass and PE3 to CE2's second port", 1)
        self.event("both-healed", "all comes back")
        self.link("pe3", "to-pe1", "up")
        self.link("ce2", "eth0", "up")
        self.wait_settled()

    def bypass_too(self):
        self.event("bypass-cut", "the link between PE2 and PE3 is cut: nothing that carries")
        self.link("pe3", "to-pe2", "down")
        wait_until("PE2 to take the bypass down", lambda: not self.up(BYPASS, "pe2"), 20)
        self.event("ac-fault-alone", "CE2's port at PE2 goes down: now PE1 is told, and uses PE3")
        self.link("ce2", "eth0", "down")
        self.wait_active(SECONDARY)
        self.carried("by-pe3", SECONDARY, seconds=1)
        self.event("healed", "port and link are back")
        self.link("ce2", "eth0", "up")
        self.link("pe3", "to-pe2", "up")
        self.wait_settled()

    def dead(self):
        self.event("pe2-dead", "PE2 loses its power")
        self.link("pe2", "to-pe3", "down")      # first: else what CE2 sends comes back to it for a moment
        self.crossed_by_the_dead = self.crossed("pe2")
        self.die("pe2")
        self.wait_active(SECONDARY)
        self.carried("without-pe2", SECONDARY, seconds=1)
        self.event("pe2-back", "PE2 starts from its file")
        self.revive("pe2")
        self.wait_settled()
        self.carried("pe2-carries", PRIMARY, seconds=1)

    # ---- judgement -----------------------------------------------------------------------------------------

    def crossed(self, *nodes):
        """Frames that PE2 and PE3 put on the bypass, by their own counters."""
        total = 0
        for node in nodes or ("pe2", "pe3"):
            text = self.engine[node].cli(f"display traffic-statistics l2vpn pw interface {AC} bypass")
            found = re.search(rf"^{AC}\s+bypass\*?\s+\d+\s+(\d+)", text, re.M)
            if not found:
                raise Broken(f"a bypass expected:\n{text}")
            total += int(found[1])
        return total

    def judge(self, rows):
        counted = self.crossed() + self.crossed_by_the_dead - self.before
        seen, missed = self.capture.stop()
        twice = sum(times > 1 for times in seen.values())
        self.checks.add("no frame crosses the bypass twice", not twice, f"{len(seen)} frames crossed it, {twice} more than once")
        captured = sum(seen.values())
        self.checks.add("the capture and the counters of PE2 and PE3 agree", captured <= counted <= captured + missed,
                        f"captured {captured}, missed {missed}, counted {counted}")
        by_window = collections.Counter(self.windows[window] for _, window, _ in seen)
        for event in ("ac-bypassed", "pw-bypassed", "crossed"):
            sent = sum(r["sent"] for r in rows if r["event"] == event)
            if event not in self.windows:
                continue        # --only
            self.checks.add(f"{event}: every frame crosses it", by_window[event] >= sent - missed,
                            f"{by_window[event]} of {sent}")
        for event in ("steady", "ac-direct", "pw-direct", "bypass-cut", "by-pe3", "without-pe2", "pe2-carries"):
            self.checks.add(f"{event}: none crosses it", not by_window[event], f"{by_window[event]}")
        self.none_lost(rows, "steady", "ac-bypassed", "ac-direct", "other-ac", "pw-bypassed", "pw-direct", "crossed",
                       "bypass-cut", "by-pe3", "without-pe2", "pe2-carries")
        self.none_twice(rows)
        self.judge_ports(rows, steady="pe2", ac_bypassed="pe3", ac_direct="pe2", pw_bypassed="pe2", pw_direct="pe2", crossed="pe3",
                         by_pe3="pe3", without_pe2="pe3", pe2_carries="pe2")
