"""OpenPGP messages, made with gpg, PGPy or pysequoia in a folder of keys that is thrown away.

gpg signs and encrypts in two steps (`sign`, `encrypt_raw`), so that anything can be put between them: a second signature, packets
behind the message, the signature of somebody else. The date of a signature is the one that is asked for, not that of the clock.
"""

import atexit
import base64
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEYS = ROOT / "spec" / "xep-sce" / "keys"
NAMES = ("romeo", "juliet", "nurse", "tybalt")

_home = None


def home():
    """A new folder of keys that holds those of the cast."""
    global _home
    if _home is None:
        _home = tempfile.mkdtemp(prefix="battery-")
        atexit.register(_forget)
        for name in NAMES:
            run(["--import", str(KEYS / f"{name}.secret.asc")])
    return _home


def _forget():
    subprocess.run(["gpgconf", "--homedir", _home, "--kill", "all"], check=False, capture_output=True)
    shutil.rmtree(_home, ignore_errors=True)


def run(arguments, data=b"", at=None):
    """Runs gpg without a question and without compression; at a time, if one is told."""
    command = ["gpg", "--homedir", _home or home(), "--batch", "--quiet", "--no-tty", "--yes"]
    command += ["--trust-model", "always", "--pinentry-mode", "loopback", "-z", "0"]
    if at is not None:
        command += ["--faked-system-time", compact(at) + "!"]
    done = subprocess.run(command + arguments, input=data, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"gpg {' '.join(arguments)}: {done.stderr.decode()}")
    return done.stdout


def compact(stamp):
    """2026-09-14T09:12:00Z as gpg wants it: 20260914T091200."""
    return stamp[:19].replace("-", "").replace(":", "")


def user(name):
    """How gpg finds the key of a person: by the whole User ID; or by what was told, if it is none of the cast."""
    addresses = {
        "romeo": "romeo@montague.example",
        "juliet": "juliet@capulet.example",
        "nurse": "nurse@capulet.example",
        "tybalt": "tybalt@capulet.example",
    }
    return f"=xmpp:{addresses[name]}" if name in addresses else name


def sign(data, by, at, more=()):
    """A signed message in the open: one-pass packets, literal data, signatures."""
    arguments = list(more) + ["--sign"]
    for name in by:
        arguments += ["-u", user(name)]
    return run(arguments, data, at)


def encrypt_raw(packets, to, more=()):
    """Encrypts packets as they are, without literal data of its own around them."""
    arguments = list(more) + ["--no-literal", "--encrypt"]
    for name in to:
        arguments += ["-r", user(name)]
    return run(arguments, packets)


def encrypt_text(data, to, more=()):
    """Encrypts a text that nobody signs."""
    arguments = list(more) + ["--encrypt"]
    for name in to:
        arguments += ["-r", user(name)]
    return run(arguments, data)


def sealed(data, by, to, at):
    """Signed and encrypted, as a right sender does it."""
    return encrypt_raw(sign(data, [by], at), to)


def with_pgpy(data, by, to, at):
    """The same made with PGPy."""
    import datetime
    import warnings

    warnings.simplefilter("ignore")
    import pgpy

    when = datetime.datetime.strptime(at[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=datetime.timezone.utc)
    secret, _ = pgpy.PGPKey.from_file(str(KEYS / f"{by}.secret.asc"))
    message = pgpy.PGPMessage.new(data, compression=pgpy.constants.CompressionAlgorithm.Uncompressed, format="b")
    message |= secret.sign(message, created=when)
    session = pgpy.constants.SymmetricKeyAlgorithm.AES256
    key = session.gen_key()
    for name in to:
        public, _ = pgpy.PGPKey.from_file(str(KEYS / f"{name}.public.asc"))
        message = public.encrypt(message, cipher=session, sessionkey=key)
    return bytes(message)


def with_sequoia(data, by, to):
    """The same made with pysequoia, which signs by the clock of the machine and no other."""
    from pysequoia import Cert, encrypt

    signer = Cert.from_file(str(KEYS / f"{by}.secret.asc")).secrets.signer()
    recipients = [Cert.from_file(str(KEYS / f"{name}.public.asc")) for name in to]
    return bytes(encrypt(data, signer=signer, recipients=recipients, armor=False))


def text64(data):
    """Base64 in one line."""
    return base64.b64encode(data).decode()


def packet(tag, body):
    """A packet in the new format."""
    if len(body) < 192:
        return bytes([0xC0 | tag, len(body)]) + body
    length = len(body) - 192
    return bytes([0xC0 | tag, 192 + (length >> 8), length & 0xFF]) + body


def literal(data):
    """A packet of literal data."""
    return packet(11, b"b\x00\x00\x00\x00\x00" + data)
