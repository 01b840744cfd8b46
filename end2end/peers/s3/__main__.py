"""An S3 server that nobody here wrote (moto), for the tests of the bucket that files are kept in.

Its arguments are the buckets to create. Prints one line of JSON with its address and a key that may do everything with S3,
and serves until its standard input ends, so that it ends with whoever started it. Every request must be signed with that key.
"""

import json
import logging
import sys
import urllib.request

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

REGION = "eu-central-1"
USER = "handoff"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"

    def client(service: str):
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id="anybody",
            aws_secret_access_key="anything",
            config=Config(proxies={}),
        )

    s3 = client("s3")
    for bucket in sys.argv[1:]:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    iam = client("iam")
    iam.create_user(UserName=USER)
    iam.put_user_policy(UserName=USER, PolicyName="files", PolicyDocument=json.dumps(POLICY))
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    # From here on, keys and signatures are checked.
    checked = urllib.request.Request(f"{endpoint}/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"})
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(checked).close()
    stage = {
        "endpoint": endpoint,
        "region": REGION,
        "key_id": key["AccessKeyId"],
        "secret_key": key["SecretAccessKey"],
    }
    print(json.dumps(stage), flush=True)
    sys.stdin.buffer.read()


main()
