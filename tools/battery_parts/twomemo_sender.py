"""Romeo's device of the cast behind twomemo: reads a list of texts (JSON), answers a list of carriers.

The library makes its own keys; here it finds those of the cast in its storage, before it starts. Each text begins new sessions.
"""

import asyncio
import json
import sys
import xml.etree.ElementTree as ET

import omemo
import twomemo
import twomemo.etree

from . import omemo as own

ROMEO, JULIET = "romeo@montague.example", "juliet@capulet.example"


class Storage(omemo.Storage):
    def __init__(self):
        super().__init__(True)
        self.values = {}

    async def _load(self, key):
        return omemo.Just(self.values[key]) if key in self.values else omemo.Nothing()

    async def _store(self, key, value):
        self.values[key] = value

    async def _delete(self, key):
        self.values.pop(key, None)


def bundle_of(device, signature):
    """The bundle of a device of the cast as the library reads it."""
    import base64

    text = lambda key: base64.b64encode(key).decode()
    prekeys = "".join(f"<pk id='{number}'>{text(own.public(key))}</pk>" for number, key in device.prekeys.items())
    xml = (
        f"<bundle xmlns='urn:xmpp:omemo:2'><spk id='{device.signed}'>{text(own.public(device.signed_secret))}</spk>"
        f"<spks>{text(signature)}</spks><ik>{text(device.identity)}</ik><prekeys>{prekeys}</prekeys></bundle>"
    )
    return twomemo.etree.parse_bundle(ET.fromstring(xml), device.jid, device.id)


def manager_class(bundles):
    class Manager(omemo.SessionManager):
        DEVICE_ID_MIN, DEVICE_ID_MAX = 1001, 1002

        @staticmethod
        async def _upload_bundle(bundle):
            pass

        @staticmethod
        async def _download_bundle(namespace, bare_jid, device_id):
            return bundles[device_id]

        @staticmethod
        async def _delete_bundle(namespace, device_id):
            pass

        @staticmethod
        async def _upload_device_list(namespace, device_list):
            pass

        @staticmethod
        async def _download_device_list(namespace, bare_jid):
            return {number: None for number, bundle in bundles.items() if bundle.bare_jid == bare_jid}

        async def _evaluate_custom_trust_level(self, device):
            return omemo.TrustLevel.TRUSTED if device.trust_level_name == "yes" else omemo.TrustLevel.UNDECIDED

        async def _make_trust_decision(self, undecided, identifier):
            for device in undecided:
                await self.set_trust(device.bare_jid, device.identity_key, "yes")

        @staticmethod
        async def _send_message(message, bare_jid):
            pass

    return Manager


def prepared(seed):
    """A storage in which the library finds the identity key of the device."""
    import base64

    storage = Storage()
    storage.values["/ikp/is_seed"] = True
    storage.values["/ikp/key"] = base64.urlsafe_b64encode(seed).decode("ASCII")
    return storage


async def carrier(text, people, devices):
    data = next(data for person in people for data in person["omemo"] if data["device_id"] == 1001)
    signatures = {item["device_id"]: bytes.fromhex(item["spk_sig"]) for person in people for item in person["omemo"]}
    bundles = {number: bundle_of(devices[number], signatures[number]) for number in (2001, 2002)}
    storage = prepared(bytes.fromhex(data["identity_seed_ed25519"]))
    manager = await manager_class(bundles).create(
        backends=[twomemo.Twomemo(storage)],
        storage=storage,
        own_bare_jid=ROMEO,
        initial_own_label=None,
        undecided_trust_level_name="no",
    )
    await manager.after_history_sync()
    await manager.refresh_device_list("urn:xmpp:omemo:2", JULIET)
    messages, errors = await manager.encrypt(
        bare_jids=frozenset([JULIET]),
        plaintext={"urn:xmpp:omemo:2": text.encode()},
        backend_priority_order=["urn:xmpp:omemo:2"],
    )
    if errors:
        raise RuntimeError(str(errors))
    return ET.tostring(twomemo.etree.serialize_message(next(iter(messages))), encoding="unicode")


async def main():
    people = json.loads(own.VECTORS.read_text())["people"]
    devices = own.cast()
    answers = [await carrier(text, people, devices) for text in json.load(sys.stdin)]
    print(json.dumps(answers))


asyncio.run(main())
