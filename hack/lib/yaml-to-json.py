"""Prints each document of the YAML on standard input as one line of JSON. A parser of its own, so that what the renderer
writes is not judged by the library that wrote it; a key that comes twice is an error."""

import json
import sys

import yaml


class Loader(yaml.SafeLoader):
    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} comes twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


try:
    for document in yaml.load_all(sys.stdin, Loader):
        if document is not None:
            print(json.dumps(document, default=str))
except yaml.YAMLError as error:
    sys.exit(f"not YAML: {error}")
