"""Requests signed by botocore, for comparison with lifecycle/net/sigv4.ts: /usr/bin/python3 sigv4.py > sigv4.json"""

import datetime
import json

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

WHEN = datetime.datetime(2026, 11, 28, 4, 5, 6)


class Fixed(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return WHEN

    @classmethod
    def now(cls, tz=None):
        return WHEN.replace(tzinfo=tz)


botocore.auth.datetime.datetime = Fixed
if hasattr(botocore.auth, "get_current_datetime"):
    botocore.auth.get_current_datetime = lambda *a, **k: WHEN

CASES = [
    ("POST", "https://api.sagemaker.eu-central-1.amazonaws.com/", "sagemaker", "eu-central-1", '{"ModelName": "churn-1"}',
     {"content-type": "application/x-amz-json-1.1", "x-amz-target": "SageMaker.CreateModel"}, None),
    ("POST", "https://api.ecr.us-east-1.amazonaws.com/", "ecr", "us-east-1", "{}",
     {"content-type": "application/x-amz-json-1.1"}, "a/session+token=="),
    ("GET", "https://example.amazonaws.com/a%20b/c?b=2&a=1&a=0&empty=&sp=a%20b%2Bc", "service", "us-west-2", "", {}, None),
    ("PUT", "https://bucket.s3.eu-west-1.amazonaws.com/models/1/model%20x.tar.gz", "s3", "eu-west-1", "bytes",
     {"x-amz-meta-note": "  two   spaces "}, None),
]

out = []
for method, url, service, region, body, headers, token in CASES:
    signer = (botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth)(
        Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token), service, region)
    request = AWSRequest(method=method, url=url, data=body.encode(), headers=dict(headers))
    signer.add_auth(request)
    out.append({"method": method, "url": url, "service": service, "region": region, "body": body, "headers": headers,
                "token": token, "authorization": request.headers["Authorization"]})
print(json.dumps(out, indent=2))
