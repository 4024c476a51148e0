"""The least of a Kubernetes client that a kubelet needs: JSON requests, and a watch as a stream of wake-ups."""

import http.client
import json
import ssl
import threading
import urllib.parse


class Refused(Exception):
    """The server's answer is no success."""

    def __init__(self, status: int, message: str):
        super().__init__(f"{status} {message}")
        self.status = status


class API:
    """One server, one identity. A connection a thread, opened again after every failure."""

    def __init__(self, server: str, authority: str, token: str):
        url = urllib.parse.urlparse(server)
        self.host, self.port = url.hostname, url.port
        self.context = ssl.create_default_context(cafile=authority)
        self.token = token
        self.local = threading.local()

    def request(self, method: str, path: str, body=None, kind: str = "application/json"):
        """Sends one request and gives the object in its answer. Raises Refused, or OSError where there is no answer."""
        connection = getattr(self.local, "connection", None) or self._connect(10)
        self.local.connection = connection
        try:
            connection.request(method, path, None if body is None else json.dumps(body), self._headers(kind))
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._forget()
            raise OSError(f"{method} {path}: {error}") from error
        if answer.status >= 300:
            raise Refused(answer.status, f"{method} {path}: {text[:300].decode(errors='replace')}")
        return json.loads(text) if text else None

    def watch(self, path: str):
        """Yields once for each event of a watch, until the server or the connection ends it."""
        connection = self._connect(70)
        try:
            connection.request("GET", path + "&watch=true&timeoutSeconds=60", None, self._headers("application/json"))
            answer = connection.getresponse()
            if answer.status >= 300:
                raise Refused(answer.status, path)
            while answer.readline():
                yield
        except (OSError, http.client.HTTPException) as error:
            raise OSError(f"watch {path}: {error}") from error
        finally:
            connection.close()

    def _connect(self, timeout: float):
        return http.client.HTTPSConnection(self.host, self.port, timeout=timeout, context=self.context)

    def _headers(self, kind: str):
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", "User-Agent": "lab-kubelet"}
        return {**headers, "Content-Type": kind}

    def _forget(self):
        self.local.connection.close()
        self.local.connection = None
