"""How a test says which fact it tests, and what it needs of an endpoint.

`@fact("vpc.main-table")` names facts or questions of facts/. `@needs("quota", "..")` says why a test cannot be
tried with two throw-away AWS accounts: it would need a raised quota, a clock that can be moved on, or more accounts.

`@operations("iam.ListPolicies", "..")` names operations without which the test has nothing to try: while the sandbox's
table lacks one of them, it is not tried. A fact may not hang on such tests alone.
"""

import pytest

fact = pytest.mark.fact
needs = pytest.mark.needs
operations = pytest.mark.operations

NEEDS = {
    "quota": "more than AWS's default quotas allow",
    "own-tags": "resources that carry no tag of the run",
    "accounts": "more accounts than two",
    "organization": "an organization that may be made and unmade",
    "clock": "a clock that can be moved on",
    "sandbox": "the sandbox's own calls",
    "nat": "NAT gateways, which AWS bills by the hour, and Elastic IP addresses for them",
    "protocol": "requests that are not signed",
}
