# SPDX-License-Identifier: BSD-2-Clause
"""Builds the root file system a Containerfile describes, with debootstrap and chroot: as much of the language as ours uses.

debian:12-slim is a minimal bookworm by debootstrap. FROM, RUN, COPY, COPY --from, WORKDIR and ENTRYPOINT are understood,
anything else is an error.
"""
import json
import pathlib
import re
import shutil
import subprocess

MIRROR = "http://deb.debian.org/debian"


class Broken(Exception):
    pass


def run(*args, **kw):
    done = subprocess.run([str(a) for a in args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          **kw)
    if done.returncode:
        raise Broken(f"{' '.join(map(str, args))}: exit {done.returncode}\n{done.stdout[-3000:]}")
    return done.stdout


def lines(path):
    text = re.sub(r"^#.*\n", "", path.read_text(), flags=re.M)
    return [line.strip() for line in re.sub(r"\\\n", " ", text).splitlines() if line.strip()]


class Build:
    def __init__(self, context, where):
        self.context, self.where = pathlib.Path(context), pathlib.Path(where)
        self.stages, self.root, self.entry = {}, None, None

    def base(self):
        """A bookworm nobody has touched, made once."""
        base = self.where / "base"
        if not base.exists():
            half = self.where / "base.half"
            shutil.rmtree(half, ignore_errors=True)
            run("debootstrap", "--variant=minbase", "bookworm", half, MIRROR)
            half.rename(base)
        return base

    def do_from(self, args):
        image, name = re.fullmatch(r"docker\.io/library/debian:12-slim( AS (\w+))?", args).group(0, 2)
        del image
        self.root = self.where / (name or "final")
        shutil.rmtree(self.root, ignore_errors=True)
        run("cp", "-a", "--reflink=auto", self.base(), self.root)
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        self.stages[name] = self.root
        self.cwd = "/"

    def do_run(self, args):
        script = f"mount -t proc proc /proc; cd {self.cwd}; export DEBIAN_FRONTEND=noninteractive; {args}"
        run("unshare", "--mount", "--pid", "--fork", "chroot", self.root, "sh", "-ec", script)

    def do_copy(self, args):
        words = args.split()
        source = self.context
        if words[0].startswith("--from="):
            source = self.stages[words.pop(0)[7:]]
        what, to = words
        to = self.root / to.lstrip("/")
        if what == ".":         # the repository, as it is committed or about to be
            to.mkdir(parents=True, exist_ok=True)
            self._copy_repository(source, to)
            return
        what = source / what.strip("/")
        if what.is_dir():
            run("cp", "-a", f"{what}/.", to)
        else:
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(what, to)

    @staticmethod
    def _copy_repository(source, to):
        files = subprocess.Popen(["git", "-C", source, "ls-files", "-co", "--exclude-standard", "-z"], stdout=subprocess.PIPE)
        tar = subprocess.Popen(["tar", "-C", source, "--null", "-T", "-", "-cf", "-"], stdin=files.stdout,
                               stdout=subprocess.PIPE)
        run("tar", "-C", to, "-xf", "-", stdin=tar.stdout)
        if files.wait() or tar.wait():
            raise Broken("the repository could not be copied")

    def do_workdir(self, args):
        self.cwd = args

    def do_entrypoint(self, args):
        self.entry = json.loads(args)

    def build(self):
        for line in lines(self.context / "Containerfile"):
            word, args = line.split(None, 1)
            getattr(self, f"do_{word.lower()}")(args)
        return self.root, self.entry
