#!/usr/bin/env python3
"""Takes the endpoints out of an EndpointSlice and puts them back, again and again, and prints for each time how many
milliseconds it took from the request until a route was gone, as `ip -ts monitor route` writes it to a file.

    flap-endpoint.py HOST:PORT NAMESPACE SLICE ROUNDS FILE ADDRESS
"""
import datetime
import http.client
import json
import sys
import time

host, namespace, name, rounds, log, address = sys.argv[1:]
path = f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices/{name}"
connection = http.client.HTTPConnection(host)


def ask(method, body=None):
    connection.request(method, path, body and json.dumps(body), {"content-type": "application/merge-patch+json"})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        sys.exit(f"{method} {path}: {answer.status} {text.decode()}")
    return json.loads(text)


def changes(stream):
    """Yields (time, words) of each line, and None while there is none."""
    part = ""
    while True:
        part += stream.readline()
        if not part.endswith("\n"):
            yield None
            continue
        stamp, _, words = part.strip().partition("] ")
        part = ""
        yield datetime.datetime.fromisoformat(stamp.lstrip("[")).timestamp(), words


def wait_for(lines, start):
    deadline = time.time() + 10
    for line in lines:
        if line and line[1].startswith(start):
            return line[0]
        if line is None:
            if time.time() > deadline:
                sys.exit(f"nothing began with {start!r} in ten seconds")
            time.sleep(0.002)


endpoints = ask("GET")["endpoints"]
with open(log) as stream:
    lines = changes(stream)
    for _ in range(int(rounds)):
        begin = time.time()
        ask("PATCH", {"endpoints": []})
        print(f"{(wait_for(lines, 'Deleted ' + address + ' ') - begin) * 1000:.2f}", flush=True)
        ask("PATCH", {"endpoints": endpoints})
        wait_for(lines, address + " ")
        time.sleep(0.1)
