"""A device of twomemo (python-omemo) behind lines of JSON, for tests/omemo_peers.rs. Nothing is kept, nothing is sent.

{"begin": true}                              forgets all, and is a new device; answers own "device" and "bundle"
{"meet": JID, "device": ID, "bundle": XML}   a device of somebody else appears; answers own "device" and "bundle"
{"seal": TEXT}                               to all that were met; answers "encrypted"
{"open": XML, "from": JID}                   answers "text" (null: an empty message) and "answers": the messages that it sent by itself,
                                             each with "to" and "encrypted"; without "from" it is who was met first
A failure is answered with "error".
"""

import asyncio
import json
import sys
import xml.etree.ElementTree as ET

import omemo
import twomemo
import twomemo.etree

NAMESPACE = "urn:xmpp:omemo:2"
OWN = "peer@peer.example"

bundles, lists, sent = {}, {}, []


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


class Manager(omemo.SessionManager):
    @staticmethod
    async def _upload_bundle(bundle):
        bundles[(bundle.bare_jid, bundle.device_id)] = bundle

    @staticmethod
    async def _download_bundle(namespace, bare_jid, device_id):
        return bundles[(bare_jid, device_id)]

    @staticmethod
    async def _delete_bundle(namespace, device_id):
        bundles.pop((OWN, device_id), None)

    @staticmethod
    async def _upload_device_list(namespace, device_list):
        lists[OWN] = device_list

    @staticmethod
    async def _download_device_list(namespace, bare_jid):
        return lists.get(bare_jid, {})

    async def _evaluate_custom_trust_level(self, device):
        return omemo.TrustLevel.TRUSTED if device.trust_level_name == "yes" else omemo.TrustLevel.UNDECIDED

    async def _make_trust_decision(self, undecided, identifier):
        for device in undecided:
            await self.set_trust(device.bare_jid, device.identity_key, "yes")

    @staticmethod
    async def _send_message(message, bare_jid):
        sent.append((bare_jid, message))


def text(element):
    return ET.tostring(element, encoding="unicode")


def own_keys():
    bundle = next(bundle for (owner, _), bundle in bundles.items() if owner == OWN)
    return {"device": bundle.device_id, "bundle": text(twomemo.etree.serialize_bundle(bundle))}


async def begin(state):
    for memory in (bundles, lists, sent):
        memory.clear()
    storage = Storage()
    state["met"] = []
    state["manager"] = await Manager.create(
        backends=[twomemo.Twomemo(storage)],
        storage=storage,
        own_bare_jid=OWN,
        initial_own_label=None,
        undecided_trust_level_name="no",
    )
    await state["manager"].after_history_sync()


async def answer(ask, state):
    if "begin" in ask:
        await begin(state)
        return own_keys()
    manager, met = state["manager"], state["met"]
    if "meet" in ask:
        jid = ask["meet"]
        met.append(jid)
        bundle = twomemo.etree.parse_bundle(ET.fromstring(ask["bundle"]), jid, ask["device"])
        bundles[(jid, ask["device"])] = bundle
        lists[jid] = {ask["device"]: None}
        await manager.refresh_device_list(NAMESPACE, jid)
        return own_keys()
    if "seal" in ask:
        messages, errors = await manager.encrypt(
            bare_jids=frozenset(met),
            plaintext={NAMESPACE: ask["seal"].encode()},
            backend_priority_order=[NAMESPACE],
        )
        if errors:
            raise RuntimeError(str(errors))
        return {"encrypted": text(twomemo.etree.serialize_message(next(iter(messages))))}
    message = twomemo.etree.parse_message(ET.fromstring(ask["open"]), ask.get("from", met[0]))
    plaintext, _, _ = await manager.decrypt(message)
    answers = [{"to": jid, "encrypted": text(twomemo.etree.serialize_message(message))} for jid, message in sent]
    sent.clear()
    return {"text": None if plaintext is None else plaintext.decode(), "answers": answers}


async def main():
    state = {}
    await begin(state)
    for line in sys.stdin:
        try:
            result = await answer(json.loads(line), state)
        except Exception as error:
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), flush=True)


asyncio.run(main())
