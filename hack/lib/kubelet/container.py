"""A container: a process with the arguments, variables, volumes, user and capabilities of its spec, and its probes."""

import http.client
import os
import signal
import ssl
import subprocess
import time
from pathlib import Path

from volumes import field

# Enters a root made of the machine's own programs, read-only but for volumes: CAPABILITIES… USER GROUP, then the command.
ENTER = r"""
set -eu
root=$1 binaries=$2 volumes=$3
shift 3
mkdir -p "$root"
mount -t tmpfs -o mode=755 container "$root"
for folder in usr lib lib64 bin sbin proc dev sys; do
  if [ -L "/$folder" ]; then cp -a "/$folder" "$root/"; elif [ -d "/$folder" ]; then
    mkdir "$root/$folder"
    mount --rbind "/$folder" "$root/$folder"
    case $folder in usr | lib | lib64 | bin | sbin) mount -o remount,bind,ro "$root/$folder" ;; esac
  fi
done
mkdir -p "$root/image" "$root/etc" "$root/var/run" "$root/tmp"
for file in passwd group nsswitch.conf ld.so.cache; do cp "/etc/$file" "$root/etc/"; done
mount --bind "$binaries" "$root/image"
mount -o remount,bind,ro "$root/image"
while IFS='|' read -r access source target; do
  [ -n "$target" ] || continue
  mkdir -p "$root$target"
  mount --bind "$source" "$root$target"
  [ "$access" != ro ] || mount -o remount,bind,ro "$root$target"
done <<<"$volumes"
mount -o remount,ro "$root"
exec chroot "$root" "$@"
"""


class Container:
    """One container of a pod, as a process of the lab. Images that are none of ours need none: the pods' web server
    answers for them."""

    def __init__(self, spec: dict, pod: dict, host: "Host"):
        self.spec, self.pod, self.host = spec, pod, host
        self.name = spec["name"]
        self.process: subprocess.Popen | None = None
        self.restarts, self.started, self.next_start = 0, 0.0, 0.0
        self.probes = {kind: Probe(spec[kind]) for kind in ("startupProbe", "livenessProbe", "readinessProbe") if kind in spec}
        image = spec["image"].rsplit("/", 1)[-1].split(":")[0]
        self.program = image if (host.binaries / image).exists() else None

    @property
    def is_running(self) -> bool:
        return self.program is None or (self.process is not None and self.process.poll() is None)

    @property
    def is_ready(self) -> bool:
        probes = [self.probes[kind] for kind in ("startupProbe", "readinessProbe") if kind in self.probes]
        return self.is_running and all(probe.good for probe in probes)

    def start(self, volumes: dict[str, Path], pod_ip: str):
        """Starts the process where there is none, later each time that it ended by itself."""
        if self.is_running or time.monotonic() < self.next_start:
            return
        if self.process is not None:
            self.restarts += 1
        for probe in self.probes.values():
            probe.reset()
        self.started = time.monotonic()
        self.next_start = self.started + min(0.5 * 2**self.restarts, 10)
        with open(self.host.state / f"{self.name}-{self.host.node}.log", "ab") as log:
            self.process = subprocess.Popen(
                self._command(volumes, pod_ip), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        (self.host.state / f"{self.name}-{self.host.node}.pid").write_text(f"{self.process.pid}\n")

    def _command(self, volumes: dict[str, Path], pod_ip: str) -> list[str]:
        context = {**self.pod["spec"].get("securityContext", {}), **self.spec.get("securityContext", {})}
        mounts = [["ro" if mount.get("readOnly") else "rw", str(volumes[mount["name"]]), mount["mountPath"]]
                  for mount in self.spec.get("volumeMounts", [])]
        mounts += [["ro", folder, folder] for folder in self._libraries()]
        capabilities = ",".join(["-all", *("+" + name.lower() for name in context.get("capabilities", {}).get("add", []))])
        user, group = context.get("runAsUser", 0), context.get("runAsGroup", 0)
        become = ["/usr/bin/setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--pdeathsig=KILL"]
        become += [f"--bounding-set={capabilities}", f"--inh-caps={capabilities}"]
        if context.get("allowPrivilegeEscalation") is False:
            become.append("--no-new-privs")
        namespace = self.host.namespace if self.pod["spec"].get("hostNetwork") else self.host.sandbox
        enter = ["ip", "netns", "exec", namespace, "unshare", "--mount", "--propagation", "private", "bash", "-c", ENTER, "enter"]
        place = [str(self.host.state / f"root-{self.host.node}-{self.name}"), str(self.host.binaries), "\n".join("|".join(mount) for mount in mounts)]
        return [*enter, *place, *become, "/usr/bin/env", "-i", *self._environment(pod_ip), f"/image/{self.program}",
                *self.spec.get("args", [])]

    def _libraries(self) -> list[str]:
        """Folders outside the system's that the program's libraries are in, as a Swift toolchain's are."""
        listed = subprocess.run(["ldd", self.host.binaries / self.program], capture_output=True, text=True, check=True).stdout
        paths = [Path(word) for word in listed.split() if word.startswith("/")]
        return sorted({str(path.parent) for path in paths if path.parts[1] not in ("lib", "lib64", "usr")})

    def _environment(self, pod_ip: str) -> list[str]:
        # What a kubelet sets, and the mark by which the lab knows its processes.
        values = {"PATH": os.defpath, "TOONO_LAB": str(self.host.state), **self.host.cluster}
        pod = {**self.pod, "status": {**self.pod.get("status", {}), "podIP": pod_ip}}
        for variable in self.spec.get("env", []):
            source = variable.get("valueFrom")
            values[variable["name"]] = field(pod, source["fieldRef"]["fieldPath"]) if source else variable.get("value", "")
        return [f"{name}={value}" for name, value in values.items()]

    def probe(self, pod_ip: str):
        """Asks what is due; a container that does not live is ended, to be started again."""
        if self.program is None or not self.is_running:
            return
        startup = self.probes.get("startupProbe")
        for kind, probe in self.probes.items():
            if kind != "startupProbe" and startup is not None and not startup.good:
                continue
            probe.ask(self.spec, pod_ip, time.monotonic() - self.started)
            if kind != "readinessProbe" and probe.has_failed:
                print(f"{self.name}: the {kind} failed", flush=True)
                self.process.kill()

    def end(self, grace: float):
        """SIGTERM, then SIGKILL after the time of grace."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(grace)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def status(self) -> dict:
        state = {"running": {"startedAt": self.host.now()}} if self.is_running else {
            "waiting": {"reason": "CrashLoopBackOff" if self.process else "ContainerCreating"}}
        return {"name": self.name, "image": self.spec["image"], "imageID": "", "state": state, "ready": self.is_ready,
                "started": self.is_running, "restartCount": self.restarts}


class Probe:
    """An httpGet probe with Kubernetes' counts and times."""

    def __init__(self, spec: dict):
        self.spec = spec
        self.reset()

    def reset(self):
        self.good, self.failures, self.successes, self.next = False, 0, 0, 0.0

    @property
    def has_failed(self) -> bool:
        return self.failures >= self.spec.get("failureThreshold", 3)

    def ask(self, container: dict, pod_ip: str, age: float):
        now = time.monotonic()
        if age < self.spec.get("initialDelaySeconds", 0) or now < self.next:
            return
        self.next = now + self.spec.get("periodSeconds", 10)
        get = self.spec["httpGet"]
        ports = {port["name"]: port["containerPort"] for port in container.get("ports", [])}
        where = (get.get("host") or pod_ip, ports.get(get["port"], get["port"]))
        timeout = self.spec.get("timeoutSeconds", 1)
        if get.get("scheme") == "HTTPS":
            # A kubelet does not look at the certificate.
            anything = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection(*where, timeout=timeout, context=anything)
        else:
            connection = http.client.HTTPConnection(*where, timeout=timeout)
        try:
            connection.request("GET", get["path"])
            fine = 200 <= connection.getresponse().status < 400
        except (OSError, http.client.HTTPException):
            fine = False
        finally:
            connection.close()
        self.failures = 0 if fine else self.failures + 1
        self.successes = self.successes + 1 if fine else 0
        if self.successes >= self.spec.get("successThreshold", 1):
            self.good = True
        elif self.has_failed:
            self.good = False
