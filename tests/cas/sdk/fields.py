#!/usr/bin/env python3
"""Prints what the models of the service's Python SDKs send and read, a field a line.

    python3 -m pip install --no-deps --target sdk --requirement .ci/sdks.txt
    python3 tests/cas/sdk/fields.py sdk >tests/cas/sdk/fields.txt

A line is the API version, the operation, `>` for a field of the request or `<` for one of the answer, and the
field with those that it is in. The models are read as text: nothing of them is run.
"""

import re
import sys
from pathlib import Path

VERSIONS = {
    "2020-04-07": "alibabacloud_cas20200407",
    "2020-06-30": "alibabacloud_cas20200630",
}


def models(folder):
    """The fields of each class, as they are called on the wire."""
    found = {}
    for path in sorted(folder.glob("**/*.py")):
        parts = re.split(r"^class (\w+)\(.*$", path.read_text(encoding="utf-8"), flags=re.M)
        for name, body in zip(parts[1::2], parts[2::2]):
            found[name] = sorted(set(re.findall(r"result\['([^']+)'\]", body)))
    return found


def fields(classes, name, prefix=""):
    for field in classes.get(name, []):
        yield prefix + field
        inner = name + field[0].upper() + field[1:]
        if inner in classes:
            yield from fields(classes, inner, f"{prefix}{field}.")


def main():
    for version, package in VERSIONS.items():
        classes = models(Path(sys.argv[1]) / package / "models")
        for answer in sorted(name for name in classes if name.endswith("ResponseBody")):
            operation = answer.removesuffix("ResponseBody")
            print(f"{version} {operation}")
            for field in fields(classes, f"{operation}Request"):
                print(f"{version} {operation} > {field}")
            for field in fields(classes, answer):
                print(f"{version} {operation} < {field}")


main()
