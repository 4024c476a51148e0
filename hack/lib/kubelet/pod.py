"""A pod that is bound to the node: from its spec to running containers and the status that is reported."""

from api import Refused
from container import Container
from volumes import Missing, Volumes


class Pod:
    def __init__(self, spec: dict, ip: str, host):
        self.object, self.ip, self.host = spec, ip, host
        self.uid = spec["metadata"]["uid"]
        self.path = f"/api/v1/namespaces/{spec['metadata']['namespace']}/pods/{spec['metadata']['name']}"
        self.containers = [Container(container, spec, host) for container in spec["spec"]["containers"]]
        folder = host.state / f"volumes-{host.node}" / self.uid
        self.volumes = Volumes(host.api, spec, folder, host.state / f"files-{host.node}")
        self.places = None
        self.reported = None

    def run(self):
        """Starts what does not run, asks the probes and reports what is new."""
        if self.places is not None:
            for container in self.containers:
                container.start(self.places, self.ip)
                container.probe(self.ip)
        try:
            self._report()
        except (Refused, OSError) as error:
            print(error, flush=True)

    def see(self, found: dict):
        """The pod as the server has it: a node that was given up for lost has its pods marked so, and tells anew."""
        ready = [condition["status"] for condition in found.get("status", {}).get("conditions", []) if condition["type"] == "Ready"]
        if self.reported is not None and ready != [str(self.reported[1])]:
            self.reported = None

    def sync_volumes(self):
        """Files as they are to be now. A pod that lacks one waits for it; one that runs keeps what it has."""
        try:
            self.places = self.volumes.sync()
        except (Missing, Refused, OSError) as error:
            print(f"{self.path}: {error}", flush=True)

    def end(self):
        grace = self.object["metadata"].get("deletionGracePeriodSeconds")
        for container in self.containers:
            container.end(self.object["spec"].get("terminationGracePeriodSeconds", 30) if grace is None else grace)

    def _report(self):
        is_running = self.places is not None
        is_ready = is_running and all(container.is_ready for container in self.containers)
        conditions = {"Initialized": True, "Ready": is_ready, "ContainersReady": is_ready, "PodScheduled": True}
        status = {
            "phase": "Running" if is_running else "Pending",
            "hostIP": self.host.address,
            "podIP": self.ip,
            "podIPs": [{"ip": self.ip}],
            "conditions": [{"type": name, "status": str(value)} for name, value in conditions.items()],
            "containerStatuses": [container.status() for container in self.containers],
        }
        # Times apart: they alone are no news.
        told = [is_running, is_ready, [(container.restarts, container.is_running) for container in self.containers]]
        if told != self.reported:
            self.host.api.request("PATCH", self.path + "/status", {"status": status}, "application/strategic-merge-patch+json")
            self.reported = told
