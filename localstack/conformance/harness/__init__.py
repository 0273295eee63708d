"""What runs the conformance tests, and judges what came of them.

| file | what is in it |
|---|---|
| registry.py | facts/: the facts and the open questions, each with its id |
| marks.py | how a test says which fact it tests, and what it needs |
| recorder.py | what each call and each test came to, as lines of JSON |
| verdict.py | facts without tests, tests without facts; confirmed, refuted or not tried |
| coverage.py | the table operation x {answer, pages, denied, invalid, DryRun} |
| venv.py | Python environments in the target directory |
| servers.py | starting and stopping the sandbox and moto |
| endpoints.py | how an account, a client and a clock are had at each endpoint |
| guard.py, billing.py | what has to be true before AWS itself is touched, and what it costs |
| settle.py | waiting, at AWS's own pace, until what was asked for has happened |
| sweep.py | taking away all that carries the run's tag |
"""
