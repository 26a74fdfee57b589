# SPDX-License-Identifier: BSD-2-Clause
"""A customer's router with an uplink or two: a static default route by each, the worse preference for the second."""


class Router:
    def __init__(self, lab, node, behind, uplinks):
        """behind: an address of its own, from which it speaks, or None; uplinks: {device: ([address], gateway or None, preference)}."""
        self.lab, self.node, self.behind, self.uplinks = lab, node, behind, uplinks
        lab.sysctl(node, "net.ipv4.conf.all.ignore_routes_with_linkdown", 1)
        self.source = ["from", behind] if behind else []
        if behind:
            lab.ip(node, "addr", "add", f"{behind}/24", "dev", "lo")
        for dev, (addresses, _, _) in uplinks.items():
            for address in addresses:
                lab.ip(node, "addr", "add", address, "dev", dev)
            self.routes(dev)

    def routes(self, dev):
        _, gateway, preference = self.uplinks[dev]
        if gateway:
            self.lab.ip(self.node, "route", "replace", "default", "via", gateway, "dev", dev, "metric", preference)

    def up(self, dev):
        """A port that was down has lost its routes."""
        self.lab.ip(self.node, "link", "set", dev, "up")
        self.routes(dev)

    def down(self, dev):
        self.lab.ip(self.node, "link", "set", dev, "down")

    def way(self, to):
        """The uplink by which it sends there; "" without one."""
        words = self.lab.ip(self.node, "route", "get", to, *self.source, check=False).stdout.split()
        return words[words.index("dev") + 1] if "dev" in words else ""

    def reaches(self, to):
        source = ["-I", self.behind] if self.behind else []
        return not self.lab.exec(self.node, "ping", "-c1", "-W1", *source, to, check=False).returncode
