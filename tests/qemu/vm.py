#!/usr/bin/env python3
"""Boots Debian's own kernel under QEMU with this machine's root file system, read-only, and runs a command in it.

    tests/qemu/vm.py COMMAND...        exit code and output are the command's

The kernel package is downloaded (not installed) into build-qemu/. The root is shared by 9p; /tmp, /run, /var and the
build directory's logs are tmpfs, so nothing of the host is written. Emulation (TCG) only: nothing here measures time.
eth0 (e1000e) and eth1 (virtio_net) are two ends of one wire.
"""
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WORK = ROOT / "build-qemu"
PACKAGES = ["qemu-system-x86", "busybox-static", "cpio", "kmod"]
BOOT = ["virtio_pci", "9pnet_virtio", "9p"]
LATER = "veth sch_ingress cls_bpf act_bpf tun 8021q bridge vxlan e1000e virtio_net af_packet_diag"

INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /root /new
/bin/busybox mount -t proc proc /proc
for m in $(/bin/busybox cat /modules); do /bin/busybox insmod /m/$m || echo INSMOD $m; done
/bin/busybox mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144,cache=loose hostroot /root || echo NO-ROOT
/bin/busybox mount --move /proc /root/proc
exec /bin/busybox switch_root /root /bin/sh {script}
"""

SCRIPT = """#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp PYTHONDONTWRITEBYTECODE=1 TW_QEMU=1
mount -t sysfs sys /sys; mount -t devtmpfs dev /dev 2>/dev/null
mkdir -p /dev/shm /dev/pts; mount -t devpts devpts /dev/pts; mount -t tmpfs shm /dev/shm
for d in /tmp /run /var/lib /var/run /var/tmp; do mount -t tmpfs -o mode=1777 tmpfs $d 2>/dev/null; done
mount -t bpf bpf /sys/fs/bpf 2>/dev/null; mount -t debugfs d /sys/kernel/debug 2>/dev/null
mount --bind {modules} /lib/modules 2>/dev/null
for m in {later}; do modprobe -d {work}/kernel $m 2>/dev/null; done
ip link set lo up
cd {root}
echo "VM-KERNEL $(uname -r)"
( {command} )
echo "VM-EXIT $?"
sleep 1000
"""


def sh(cmd, **kw):
    return subprocess.run(cmd, check=True, **kw)


def fetch_kernel():
    """Unpacks the newest 6.1 kernel package below build-qemu/kernel."""
    kernel = WORK / "kernel"
    if not list(kernel.glob("boot/vmlinuz-*")):
        kernel.mkdir(parents=True, exist_ok=True)
        dep = subprocess.run(["apt-cache", "depends", "linux-image-amd64"], capture_output=True, text=True).stdout
        name = re.search(r"Depends: (linux-image-\S+)", dep).group(1)
        sh(["apt-get", "download", name], cwd=WORK, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        sh(["dpkg", "-x", str(next(WORK.glob(f"{name}_*.deb"))), str(kernel)])
        sh(["depmod", "-b", str(kernel), next(kernel.glob("lib/modules/*")).name])
    return next(kernel.glob("boot/vmlinuz-*")), next(kernel.glob("lib/modules/*"))


def make_initrd(modules, script, tmp):
    tree = tmp / "initrd"
    for d in ("bin", "m"):
        (tree / d).mkdir(parents=True)
    sh(["cp", "/bin/busybox", str(tree / "bin")])
    names = []
    for m in BOOT:
        depends = subprocess.run(["modprobe", "-d", str(WORK / "kernel"), "-S", modules.name, "--show-depends", m],
                                 capture_output=True, text=True, check=True).stdout
        for ko in re.findall(r"^insmod (\S+)", depends, re.M):
            sh(["cp", ko, str(tree / "m")])
            if os.path.basename(ko) not in names:
                names.append(os.path.basename(ko))
    (tree / "modules").write_text("\n".join(names))
    init = tree / "init"
    init.write_text(INIT.format(script=script))
    init.chmod(0o755)
    image = tmp / "initrd.img"
    with open(image, "wb") as out:
        find = subprocess.Popen(["find", "."], cwd=tree, stdout=subprocess.PIPE)
        sh(["cpio", "-o", "-H", "newc", "--quiet"], cwd=tree, stdin=find.stdout, stdout=out)
    return image


def main(argv):
    if not argv:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    WORK.mkdir(exist_ok=True)
    missing = [p for p, f in zip(PACKAGES, ("/usr/bin/qemu-system-x86_64", "/bin/busybox", "/usr/bin/cpio", "/sbin/modprobe")) if not os.path.exists(f)]
    if missing:
        env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        sh(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], env=env, stdout=subprocess.DEVNULL)
    vmlinuz, modules = fetch_kernel()
    with tempfile.TemporaryDirectory(dir=WORK) as tmp:
        script = pathlib.Path(tmp) / "init.sh"
        command = " ".join(shlex.quote(a) for a in argv)
        script.write_text(SCRIPT.format(root=ROOT, work=WORK, modules=modules.parent, later=LATER, command=command))
        return boot(vmlinuz, make_initrd(modules, script, pathlib.Path(tmp)))


def boot(vmlinuz, image):
    """Runs the machine until its script says VM-EXIT; what was printed before VM-KERNEL is not told."""
    qemu = ["qemu-system-x86_64", "-M", "pc", "-accel", "tcg", "-cpu", "Haswell", "-m", "3072", "-smp", "2", "-nographic",
            "-no-reboot", "-kernel", str(vmlinuz), "-initrd", str(image), "-append",
            "console=ttyS0 quiet loglevel=3 panic=-1 rdinit=/init net.ifnames=0 mitigations=off",
            "-fsdev", "local,id=root,path=/,security_model=none,readonly=on,multidevs=remap", "-device", "virtio-9p-pci,fsdev=root,mount_tag=hostroot",
            "-netdev", "hubport,id=n0,hubid=0", "-device", "e1000e,netdev=n0",
            "-netdev", "hubport,id=n1,hubid=0", "-device", "virtio-net-pci,netdev=n1"]
    code, started = 125, False
    p = subprocess.Popen(qemu, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    try:
        for line in p.stdout:
            line = line.rstrip("\r\n")
            if "TCG doesn't support" in line:
                continue
            exit_line = re.match(r".*VM-EXIT (\d+)$", line)
            if exit_line:
                code = int(exit_line.group(1))
                break
            if started:
                print(line, flush=True)
            started = started or "VM-KERNEL" in line
    finally:  # also when we are told to end
        p.kill()
        p.wait()
    if code == 125:
        print("the machine ended before the command did")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
