"""What a pod mounts: folders of the node, and files made of Secrets, ConfigMaps, tokens and the pod's own fields."""

import base64
import os
import time
from pathlib import Path

from api import API


class Missing(Exception):
    """Something that a volume needs is not there yet: the pod waits."""


def field(pod: dict, path: str) -> str:
    """A field of the pod as the downward API gives it."""
    value = pod
    for name in path.split("."):
        value = (value or {}).get(name)
    if not isinstance(value, str):
        raise Missing(f"the pod has no {path}")
    return value


class Volumes:
    """The volumes of one pod, under a folder of their own."""

    def __init__(self, api: API, pod: dict, folder: Path, node_root: Path):
        self.api, self.pod, self.folder, self.node_root = api, pod, folder, node_root
        self.namespace = pod["metadata"]["namespace"]
        self.tokens: dict[str, tuple[float, str]] = {}

    def sync(self) -> dict[str, Path]:
        """Brings files up to date and says where each volume is."""
        return {volume["name"]: self._one(volume) for volume in self.pod["spec"].get("volumes", [])}

    def _one(self, volume: dict) -> Path:
        place = self.folder / volume["name"]
        if "hostPath" in volume:
            # A node's own files: each node of the lab has a root for them.
            place = self.node_root / volume["hostPath"]["path"].lstrip("/")
            place.mkdir(parents=True, exist_ok=True)
            return place
        place.mkdir(parents=True, exist_ok=True)
        if "emptyDir" in volume:
            return place
        source = next((volume[kind], kind) for kind in ("secret", "configMap", "projected") if kind in volume)
        files = self._projected(source[0]) if source[1] == "projected" else self._files(source[1], source[0], "secretName")
        mode = source[0].get("defaultMode", 0o644)
        for name, content in files.items():
            self._write(place / name, content, mode)
        return place

    def _projected(self, spec: dict) -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        for source in spec["sources"]:
            kind, body = next(iter(source.items()))
            if kind == "serviceAccountToken":
                files[body["path"]] = self._token(body).encode()
            elif kind == "downwardAPI":
                files |= {item["path"]: field(self.pod, item["fieldRef"]["fieldPath"]).encode() for item in body["items"]}
            else:
                files |= self._files(kind, body, "name")
        return files

    def _files(self, kind: str, spec: dict, name_key: str) -> dict[str, bytes]:
        name = spec.get(name_key) or spec["name"]
        plural = {"secret": "secrets", "configMap": "configmaps"}[kind]
        found = self.api.request("GET", f"/api/v1/namespaces/{self.namespace}/{plural}/{name}")
        data = found.get("data") or {}
        content = {key: base64.b64decode(value) if kind == "secret" else value.encode() for key, value in data.items()}
        items = spec.get("items")
        if items is None:
            return content
        lacking = [item["key"] for item in items if item["key"] not in content]
        if lacking:
            raise Missing(f"{name} has no {', '.join(lacking)}")
        return {item["path"]: content[item["key"]] for item in items}

    def _token(self, spec: dict) -> str:
        """A token of the pod's account, bound to the pod; fetched again after four fifths of its life."""
        due, token = self.tokens.get(spec["path"], (0.0, ""))
        if time.monotonic() < due:
            return token
        seconds = spec.get("expirationSeconds", 3600)
        account = self.pod["spec"]["serviceAccountName"]
        metadata = self.pod["metadata"]
        bound = {"kind": "Pod", "apiVersion": "v1", "name": metadata["name"], "uid": metadata["uid"]}
        wanted = {"spec": {"expirationSeconds": seconds, "boundObjectRef": bound}}
        if "audience" in spec:
            wanted["spec"]["audiences"] = [spec["audience"]]
        path = f"/api/v1/namespaces/{self.namespace}/serviceaccounts/{account}/token"
        token = self.api.request("POST", path, wanted)["status"]["token"]
        self.tokens[spec["path"]] = (time.monotonic() + seconds * 0.8, token)
        return token

    def _write(self, path: Path, content: bytes, mode: int):
        if path.exists() and path.read_bytes() == content:
            return
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_bytes(content)
        # The group of the pod may read what a process without root needs.
        group = self.pod["spec"].get("securityContext", {}).get("fsGroup")
        if group is not None:
            os.chown(fresh, 0, group)
            mode |= 0o040
        fresh.chmod(mode)
        fresh.rename(path)
