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
FINGERPRINTS = {
    "romeo": "7BA3352708CB3648A1E73704AD1CFEF223B62429",
    "juliet": "C360286676B0D8D3CB9427A6291127F65EBC4AF2",
    "nurse": "FE9DB507E307531BE045120391FD0B8E4C81E33A",
    "tybalt": "1DF83F9CB347AC840262043BB426F7C700FDF053",
}

_home = None


def home():
    """A new folder of keys that holds those of the cast."""
    global _home
    if _home is None:
        _home = tempfile.mkdtemp(prefix="battery-")
        atexit.register(_forget)
        for name in FINGERPRINTS:
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
    """How gpg finds the key of a person: by its fingerprint; what is none of the cast is a fingerprint already."""
    return FINGERPRINTS.get(name, name)


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


def new_key(users, at="2026-09-01T00:00:00Z", expires="never", subkey=False, kind="ed25519"):
    """A new key with User IDs; answers its fingerprint."""
    quick = ["--passphrase", "", "--quick-generate-key", users[0], kind, "cert" if subkey else "cert,sign", expires]
    said = run(["--status-fd", "1"] + quick, at=at).decode().split("\n")
    fingerprint = next(line.split()[-1] for line in said if " KEY_CREATED " in line)
    for user_id in users[1:]:
        run(["--passphrase", "", "--quick-add-uid", fingerprint, user_id], at=at)
    if subkey:
        run(["--passphrase", "", "--quick-add-key", fingerprint, kind, "sign", "never"], at=at)
    run(["--passphrase", "", "--quick-add-key", fingerprint, "cv25519" if kind == "ed25519" else kind, "encr", "never"], at=at)
    return fingerprint


def public_key(fingerprint):
    return run(["--armor", "--export", fingerprint]).decode()


def revoke(fingerprint):
    """Revokes a key with the certificate that gpg wrote when it made the key."""
    path = Path(home()) / "openpgp-revocs.d" / f"{fingerprint}.rev"
    run(["--import"], path.read_text().replace(":-----", "-----").encode())


def expire(fingerprint, at, seconds):
    """Sets, at a time, that the key expires so many seconds after it."""
    run(["--passphrase", "", "--quick-set-expire", fingerprint, f"seconds={seconds}"], at=at)


def without_integrity(packets, to):
    """Encrypted in the old packet (tag 9), which nothing protects against changes."""
    import os
    import warnings

    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

    try:
        from cryptography.hazmat.decrepit.ciphers.modes import CFB
    except ImportError:
        from cryptography.hazmat.primitives.ciphers.modes import CFB

    warnings.simplefilter("ignore")
    import pgpy
    from pgpy.packet.packets import PKESessionKeyV3

    def cfb(key, start, data):
        encryptor = Cipher(algorithms.AES(key), CFB(start)).encryptor()
        return encryptor.update(data) + encryptor.finalize()

    key = os.urandom(32)
    public, _ = pgpy.PGPKey.from_file(str(KEYS / f"{to}.public.asc"))
    subkey = next(iter(public.subkeys.values()))
    session = PKESessionKeyV3()
    session.encrypter = bytearray.fromhex(subkey.fingerprint.keyid)
    session.pkalg = subkey.key_algorithm
    session.encrypt_sk(subkey._key, pgpy.constants.SymmetricKeyAlgorithm.AES256, key)
    session.update_hlen()
    random = os.urandom(16)
    head = cfb(key, bytes(16), random + random[-2:])
    return bytes(session.__bytearray__()) + packet(9, head + cfb(key, head[2:18], packets))
