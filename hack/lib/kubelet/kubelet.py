#!/usr/bin/env python3
"""The lab's stand-in for kubelet: registers a node, renews its lease, runs and reports the pods that are bound to it.

A pod's containers of Toono's own images are processes with the arguments, environment, service account, volumes, user,
capabilities and probes of the pod's spec; in the node's network namespace if the pod asks for the host's network, else in
the namespace of the node's pods. Every other image is taken for running: the lab's web server answers on all pod addresses.
"""

import argparse
import datetime
import json
import sys
import threading
import time
from pathlib import Path

from api import API, Refused
from pod import Pod


class Host:
    """The node, and what its pods need to know of it."""

    def __init__(self, options):
        self.node, self.state, self.binaries = options.node, Path(options.state), Path(options.binaries)
        self.namespace, self.sandbox = options.namespace, options.sandbox
        self.api = API(options.server, options.authority, Path(options.token_file).read_text().strip())
        self.object = json.loads(Path(options.object).read_text())
        self.address = self.object["status"]["addresses"][0]["address"]
        self.pod_network = self.object["spec"]["podCIDR"].rsplit(".", 1)[0]
        self.cluster = {"KUBERNETES_SERVICE_HOST": options.service_address, "KUBERNETES_SERVICE_PORT": "443"}

    @staticmethod
    def now() -> str:
        return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Kubelet:
    """Follows the pods of one node."""

    # The addresses that the sandbox of the node has.
    addresses = range(2, 10)

    def __init__(self, host: Host):
        self.host, self.api = host, host.api
        self.pods: dict[str, Pod] = {}
        self.wake = threading.Event()
        self.selector = f"/api/v1/pods?fieldSelector=spec.nodeName%3D{host.node}"

    def run(self):
        threading.Thread(target=self._keep, args=(self._follow, 0.5), daemon=True).start()
        threading.Thread(target=self._keep, args=(self._beat, 2), daemon=True).start()
        synced = 0.0
        while True:
            self.wake.wait(0.5)
            self.wake.clear()
            due = time.monotonic() - synced > 2
            try:
                self._reconcile(due)
                synced = time.monotonic() if due else synced
            except (OSError, Refused) as error:
                # The server is away, or something went between two looks: pods go on, and the next look tells more.
                self._look_after(False)
                print(error, flush=True)

    def _keep(self, body, pause: float):
        while True:
            try:
                body()
            except (OSError, Refused) as error:
                print(error, flush=True)
            time.sleep(pause)

    def _follow(self):
        version = self.api.request("GET", self.selector)["metadata"]["resourceVersion"]
        self.wake.set()
        for _ in self.api.watch(f"{self.selector}&resourceVersion={version}"):
            self.wake.set()

    def _beat(self):
        """The node is there, ready, and its lease is new."""
        name, now = self.host.node, datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name},
                 "spec": {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": now}}
        leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
        self._patch_or_create(f"{leases}/{name}", leases, lease, lease)
        status = json.loads(json.dumps(self.host.object["status"]))
        for condition in status["conditions"]:
            condition["lastHeartbeatTime"] = self.host.now()
        self._patch_or_create(f"/api/v1/nodes/{name}/status", "/api/v1/nodes", {"status": status}, self.host.object)

    def _patch_or_create(self, path: str, collection: str, patch: dict, whole: dict):
        try:
            # Lists as wholes: two addresses of one type would be one to a strategic merge.
            self.api.request("PATCH", path, patch, "application/merge-patch+json")
        except Refused as error:
            if error.status != 404:
                raise
            self.api.request("POST", collection, whole)

    def _reconcile(self, sync_volumes: bool):
        wanted = {pod["metadata"]["uid"]: pod for pod in self.api.request("GET", self.selector)["items"]}
        for uid in [uid for uid in self.pods if uid not in wanted]:
            self.pods.pop(uid).end()
        for uid, pod in wanted.items():
            if "deletionTimestamp" in pod["metadata"]:
                self._delete(uid, pod)
            elif uid in self.pods:
                self.pods[uid].see(pod)
            elif (address := self._address(pod)):
                self.pods[uid] = Pod(pod, address, self.host)
                self.pods[uid].sync_volumes()
        self._look_after(sync_volumes)

    def _look_after(self, sync_volumes: bool):
        for pod in self.pods.values():
            if sync_volumes:
                pod.sync_volumes()
            pod.run()

    def _delete(self, uid: str, object: dict):
        pod = self.pods.pop(uid, None)
        if pod is not None:
            pod.object = object
            pod.end()
        metadata = object["metadata"]
        self.api.request("DELETE", f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}",
                         {"gracePeriodSeconds": 0, "preconditions": {"uid": uid}})

    def _address(self, pod: dict) -> str | None:
        if pod["spec"].get("hostNetwork"):
            return self.host.address
        taken = {pod.ip for pod in self.pods.values()}
        free = (f"{self.host.pod_network}.{last}" for last in self.addresses)
        return next((address for address in free if address not in taken), None)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("node", "object", "server", "authority", "token-file", "state", "binaries", "namespace", "sandbox", "service-address"):
        parser.add_argument(f"--{name}", required=True)
    sys.stdout.reconfigure(line_buffering=True)
    Kubelet(Host(parser.parse_args())).run()


if __name__ == "__main__":
    main()
