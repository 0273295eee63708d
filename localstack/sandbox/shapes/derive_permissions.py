#!/usr/bin/env python3
"""Derives which kinds of resources each action is judged on, from cfn-lint's copy of the Service Authorization Reference.

    pip download --no-deps cfn-lint && unzip cfn_lint-*.whl
    python3 derive_permissions.py cfnlint/data/AdditionalSpecs/Policies.json

writes permissions.json beside this script. It has the actions that take resources; every other action is judged on "*".
Actions of EC2 are there as far as they concern networks, whether or not the sandbox answers them yet. CreateTags and
DeleteTags, which take nearly everything that there is, have "*" for their only kind.
"""

import json
import pathlib
import re
import sys

TABLE = pathlib.Path(__file__).with_name("permissions.json")
NETWORK = re.compile(
    "transitgateway|vpc|route|subnet|prefixlist|vpn|gateway|cidrblock|networkinterface|securitygroup|networkacl|address"
)
ANYTHING = ["*"]
SERVICES = ("ec2", "iam", "organizations", "ram", "sns", "sts")


def kinds(service, action, about):
    if service == "ec2" and action in ("createtags", "deletetags"):
        return ANYTHING
    return sorted(about.get("Resources", []))


def main():
    policies = json.loads(pathlib.Path(sys.argv[1]).read_text())
    lines = ["{"]
    for service in SERVICES:
        actions = {
            action: kinds(service, action, about)
            for action, about in sorted(policies[service]["Actions"].items())
            if about.get("Resources") and (service != "ec2" or NETWORK.search(action) or action.endswith("etags"))
        }
        lines.append(f"{json.dumps(service)}: {{")
        entries = [f"  {json.dumps(action)}: {json.dumps(held)}" for action, held in actions.items()]
        lines.append(",\n".join(entries))
        lines.append("}" if service == SERVICES[-1] else "},")
    lines.append("}")
    TABLE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
