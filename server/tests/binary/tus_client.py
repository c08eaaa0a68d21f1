"""Uploads by tuspy, a public client of the tus protocol, as the test beside it asks for.

Usage: tus_client.py WHAT ROOM-UPLOADS-URL COOKIE FILE STATE
Prints the address of the upload. STATE is where tuspy remembers it from one run to the next.
"""

import hashlib
import sys

import requests
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed
from tusclient.storage.filestorage import FileStorage
from tusclient.uploader import Uploader

what, url, cookie, file, state = sys.argv[1:]
client = TusClient(url, headers={"Cookie": cookie, "Sec-Fetch-Site": "same-origin"})


class Wrong(Uploader):
    """Says the sums of something else."""

    CHECKSUM_ALGORITHM_PAIR = ("sha1", lambda chunk: hashlib.sha1(chunk + b"!"))


def uploader(kind=Uploader, **more):
    return kind(
        file_path=file,
        client=client,
        metadata={"filename": "Grüße.bin"},
        store_url=True,
        url_storage=FileStorage(state),
        **more,
    )


def refused(statuses, call):
    """The call has to fail with one of these."""
    try:
        call()
    except (TusUploadFailed, TusCommunicationError) as error:
        assert error.status_code in statuses, error.status_code
    else:
        raise AssertionError("it wasn't refused")


if what == "whole":
    upload = uploader(chunk_size=700_000, upload_checksum=True)
    upload.upload()
elif what == "half":
    upload = uploader(chunk_size=500_000)
    upload.upload(stop_at=1_000_000)
elif what == "patient":
    # One request for all of it; when the line breaks it asks how far it got.
    upload = uploader(retries=250, retry_delay=0.2)
    upload.upload()
elif what == "wrong":
    upload = uploader(Wrong, chunk_size=700_000, upload_checksum=True)
    refused([460], upload.upload)
    assert upload.get_offset() == 0, "nothing of it was taken"
elif what == "terminate":
    upload = uploader(chunk_size=500_000)
    upload.upload(stop_at=500_000)
    # tuspy has no call for this part of the protocol.
    answer = requests.delete(upload.url, headers=upload.get_headers())
    assert answer.status_code == 204, answer.status_code
    refused([404, 410], upload.get_offset)
    refused([404, 410], upload.upload)
else:
    raise SystemExit(f"nobody knows what {what} is")
print(upload.url)
