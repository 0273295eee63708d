"""Codes that an operation answers with, against those that AWS's model of it declares.

EC2's models declare none. The other services' do, and besides every operation of theirs has the errors below, which are
about who asks, how, or how often (the "common errors" page of each API reference).
"""

COMMON = {
    "AccessDenied", "AccessDeniedException", "ExpiredToken", "ExpiredTokenException", "InvalidAction",
    "InvalidClientTokenId", "InvalidSignatureException", "SerializationException", "SignatureDoesNotMatch", "Throttling",
    "ThrottlingException", "UnknownOperationException", "UnrecognizedClientException", "ValidationError",
    "ValidationException",
}
# What the sandbox says of what it does not model, which is none of AWS's codes.
OURS = {"NotModelled", "UnknownParameter"}


def codes(model):
    """Returns the codes that a botocore operation model declares."""
    return {shape.metadata.get("error", {}).get("code", shape.name) for shape in model.error_shapes}


def judge(calls):
    """Returns what is wrong, as sentences."""
    strange = {
        (call["service"], call["operation"], call["code"])
        for call in calls
        if call["service"] != "ec2" and call["code"] not in {"ok", *COMMON, *OURS, *call["declared"]}
    }
    return [f"{service} {operation} answered {code}, which AWS's model of it does not declare"
            for service, operation, code in sorted(strange)]
