/* A device of libomemo-c behind lines of text, for tests/omemo_peers.rs. Bytes are in hexadecimal, nothing is kept.
 *
 *   init DEVICE                                         bundle IDENTITY SIGNED-ID SIGNED SIGNATURE (ID PREKEY)...
 *   session JID DEVICE IDENTITY SIGNED-ID SIGNED SIGNATURE ID PREKEY      ok
 *   enc JID DEVICE KEY                                  enc EXCHANGE(0|1) MESSAGE
 *   dec JID DEVICE EXCHANGE MESSAGE                     dec KEY
 *   close TEXT                                          close KEY PAYLOAD     (XEP-0384 0.9, section 4.4: key and tag, ciphertext)
 *   unclose KEY PAYLOAD                                 text TEXT
 *
 * A failure is answered with `err CODE`. The library holds the ratchet; the payload, which it knows nothing of, is OpenSSL's.
 *
 *   cc -o peer peer.c $(pkg-config --cflags --libs libomemo-c libcrypto) */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <omemo/curve.h>
#include <omemo/key_helper.h>
#include <omemo/protocol.h>
#include <omemo/session_builder.h>
#include <omemo/session_cipher.h>
#include <omemo/session_pre_key.h>
#include <omemo/signal_protocol.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#define VERSION CIPHERTEXT_OMEMO_VERSION
#define PREKEYS 100

typedef struct {
    uint8_t *at;
    size_t length;
} bytes;

/* ---- what the library asks of its host: cryptography ---------------------------------------------------------------- */

static int fill(uint8_t *data, size_t length, void *host) {
    (void)host;
    return RAND_bytes(data, (int)length) == 1 ? SG_SUCCESS : SG_ERR_UNKNOWN;
}

static int mac_begin(void **state, const uint8_t *key, size_t length, void *host) {
    (void)host;
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *made = EVP_MAC_CTX_new(hmac);
    EVP_MAC_free(hmac);
    char digest[] = "SHA256";
    OSSL_PARAM with[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    *state = made;
    return made && EVP_MAC_init(made, key, length, with) ? SG_SUCCESS : SG_ERR_UNKNOWN;
}

static int mac_more(void *state, const uint8_t *data, size_t length, void *host) {
    (void)host;
    return EVP_MAC_update(state, data, length) ? SG_SUCCESS : SG_ERR_UNKNOWN;
}

static int mac_end(void *state, signal_buffer **out, void *host) {
    (void)host;
    uint8_t tag[EVP_MAX_MD_SIZE];
    size_t length = 0;
    if (!EVP_MAC_final(state, tag, &length, sizeof tag)) return SG_ERR_UNKNOWN;
    *out = signal_buffer_create(tag, length);
    return *out ? SG_SUCCESS : SG_ERR_NOMEM;
}

static void mac_free(void *state, void *host) {
    (void)host;
    EVP_MAC_CTX_free(state);
}

static int hash_begin(void **state, void *host) {
    (void)host;
    EVP_MD_CTX *made = EVP_MD_CTX_new();
    *state = made;
    return made && EVP_DigestInit_ex(made, EVP_sha512(), NULL) ? SG_SUCCESS : SG_ERR_UNKNOWN;
}

static int hash_more(void *state, const uint8_t *data, size_t length, void *host) {
    (void)host;
    return EVP_DigestUpdate(state, data, length) ? SG_SUCCESS : SG_ERR_UNKNOWN;
}

/* The library goes on with the same state, so it begins again. */
static int hash_end(void *state, signal_buffer **out, void *host) {
    (void)host;
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (!EVP_DigestFinal_ex(state, digest, &length) || !EVP_DigestInit_ex(state, EVP_sha512(), NULL)) return SG_ERR_UNKNOWN;
    *out = signal_buffer_create(digest, length);
    return *out ? SG_SUCCESS : SG_ERR_NOMEM;
}

static void hash_free(void *state, void *host) {
    (void)host;
    EVP_MD_CTX_free(state);
}

/* AES-256-CBC with padding, the only cipher of OMEMO 2. Answers newly allocated bytes, none on failure. */
static bytes cbc(int encrypting, const uint8_t *key, const uint8_t *iv, const uint8_t *data, size_t length) {
    bytes out = {malloc(length + 32), 0};
    EVP_CIPHER_CTX *state = EVP_CIPHER_CTX_new();
    int first = 0, last = 0;
    int good = out.at && state && length < INT_MAX - 32 && EVP_CipherInit_ex(state, EVP_aes_256_cbc(), NULL, key, iv, encrypting) &&
               EVP_CipherUpdate(state, out.at, &first, data, (int)length) && EVP_CipherFinal_ex(state, out.at + first, &last);
    EVP_CIPHER_CTX_free(state);
    if (!good) {
        free(out.at);
        return (bytes){NULL, 0};
    }
    out.length = (size_t)first + (size_t)last;
    return out;
}

static int cipher(int encrypting, signal_buffer **out, int kind, bytes key, bytes iv, bytes data) {
    if (kind != SG_CIPHER_AES_CBC_PKCS5 || key.length != 32 || iv.length != 16) return SG_ERR_INVAL;
    bytes made = cbc(encrypting, key.at, iv.at, data.at, data.length);
    if (!made.at) return SG_ERR_UNKNOWN;
    *out = signal_buffer_create(made.at, made.length);
    free(made.at);
    return *out ? SG_SUCCESS : SG_ERR_NOMEM;
}

static int encrypt(signal_buffer **out, int kind, const uint8_t *key, size_t key_length, const uint8_t *iv, size_t iv_length,
                   const uint8_t *data, size_t length, void *host) {
    (void)host;
    return cipher(1, out, kind, (bytes){(uint8_t *)key, key_length}, (bytes){(uint8_t *)iv, iv_length}, (bytes){(uint8_t *)data, length});
}

static int decrypt(signal_buffer **out, int kind, const uint8_t *key, size_t key_length, const uint8_t *iv, size_t iv_length,
                   const uint8_t *data, size_t length, void *host) {
    (void)host;
    return cipher(0, out, kind, (bytes){(uint8_t *)key, key_length}, (bytes){(uint8_t *)iv, iv_length}, (bytes){(uint8_t *)data, length});
}

/* ---- what the library asks of its host: a store. One list holds all; what is gone stands without bytes. ------------- */

enum kind { SESSION, PREKEY, SIGNED, IDENTITY };

struct record {
    enum kind kind;
    char *name;
    uint32_t id;
    bytes data;
    struct record *next;
};

static struct record *records;
static ratchet_identity_key_pair *own;

static struct record *find(enum kind kind, const char *name, size_t length, uint32_t id) {
    for (struct record *one = records; one; one = one->next)
        if (one->kind == kind && one->id == id && strlen(one->name) == length && !memcmp(one->name, name, length)) return one;
    return NULL;
}

static int keep(enum kind kind, const char *name, size_t length, uint32_t id, const uint8_t *data, size_t size) {
    struct record *one = find(kind, name, length, id);
    uint8_t *copy = malloc(size + 1);
    if (!copy) return SG_ERR_NOMEM;
    memcpy(copy, data, size);
    if (!one) {
        one = calloc(1, sizeof *one);
        if (!one || !(one->name = strndup(name, length))) return SG_ERR_NOMEM;
        *one = (struct record){kind, one->name, id, {NULL, 0}, records};
        records = one;
    }
    free(one->data.at);
    one->data = (bytes){copy, size};
    return SG_SUCCESS;
}

static int has(enum kind kind, const char *name, size_t length, uint32_t id) {
    struct record *one = find(kind, name, length, id);
    return one && one->data.at;
}

/* 1 when it is there, 0 when not. */
static int load(signal_buffer **out, enum kind kind, const char *name, size_t length, uint32_t id) {
    struct record *one = find(kind, name, length, id);
    if (!one || !one->data.at) return 0;
    *out = signal_buffer_create(one->data.at, one->data.length);
    return *out ? 1 : SG_ERR_NOMEM;
}

static int forget(enum kind kind, const char *name, size_t length, uint32_t id) {
    struct record *one = find(kind, name, length, id);
    if (!one || !one->data.at) return 0;
    free(one->data.at);
    one->data = (bytes){NULL, 0};
    return 1;
}

static int session_load(signal_buffer **out, signal_buffer **user, const signal_protocol_address *who, void *host) {
    (void)host;
    *user = NULL;
    return load(out, SESSION, who->name, who->name_len, (uint32_t)who->device_id);
}

static int session_store(const signal_protocol_address *who, uint8_t *data, size_t size, uint8_t *user, size_t user_size, void *host) {
    (void)user, (void)user_size, (void)host;
    return keep(SESSION, who->name, who->name_len, (uint32_t)who->device_id, data, size);
}

static int session_has(const signal_protocol_address *who, void *host) {
    (void)host;
    return has(SESSION, who->name, who->name_len, (uint32_t)who->device_id);
}

static int session_forget(const signal_protocol_address *who, void *host) {
    (void)host;
    return forget(SESSION, who->name, who->name_len, (uint32_t)who->device_id);
}

static int session_forget_all(const char *name, size_t length, void *host) {
    (void)host;
    int gone = 0;
    for (struct record *one = records; one; one = one->next)
        if (one->kind == SESSION) gone += forget(SESSION, name, length, one->id);
    return gone;
}

static int session_devices(signal_int_list **out, const char *name, size_t length, void *host) {
    (void)host;
    signal_int_list *list = signal_int_list_alloc();
    for (struct record *one = records; list && one; one = one->next)
        if (has(SESSION, name, length, one->id) && find(SESSION, name, length, one->id) == one) signal_int_list_push_back(list, (int)one->id);
    *out = list;
    return list ? (int)signal_int_list_size(list) : SG_ERR_NOMEM;
}

static int prekey_load(signal_buffer **out, uint32_t id, void *host) {
    (void)host;
    int found = load(out, PREKEY, "", 0, id);
    return found == 1 ? SG_SUCCESS : found ? found : SG_ERR_INVALID_KEY_ID;
}

static int prekey_store(uint32_t id, uint8_t *data, size_t size, void *host) {
    (void)host;
    return keep(PREKEY, "", 0, id, data, size);
}

static int prekey_has(uint32_t id, void *host) {
    (void)host;
    return has(PREKEY, "", 0, id);
}

static int prekey_forget(uint32_t id, void *host) {
    (void)host;
    forget(PREKEY, "", 0, id);
    return SG_SUCCESS;
}

static int signed_load(signal_buffer **out, uint32_t id, void *host) {
    (void)host;
    int found = load(out, SIGNED, "", 0, id);
    return found == 1 ? SG_SUCCESS : found ? found : SG_ERR_INVALID_KEY_ID;
}

static int signed_store(uint32_t id, uint8_t *data, size_t size, void *host) {
    (void)host;
    return keep(SIGNED, "", 0, id, data, size);
}

static int signed_has(uint32_t id, void *host) {
    (void)host;
    return has(SIGNED, "", 0, id);
}

static int signed_forget(uint32_t id, void *host) {
    (void)host;
    forget(SIGNED, "", 0, id);
    return SG_SUCCESS;
}

static int identity_own(signal_buffer **public, signal_buffer **private, void *host) {
    (void)host;
    int code = ec_public_key_serialize(public, ratchet_identity_key_pair_get_public(own));
    return code < 0 ? code : ec_private_key_serialize(private, ratchet_identity_key_pair_get_private(own));
}

static int identity_number(void *host, uint32_t *number) {
    (void)host;
    *number = 1;
    return SG_SUCCESS;
}

static int identity_store(const signal_protocol_address *who, uint8_t *data, size_t size, void *host) {
    (void)host;
    return keep(IDENTITY, who->name, who->name_len, (uint32_t)who->device_id, data, size);
}

/* A device keeps the key that it was first seen with. */
static int identity_trusted(const signal_protocol_address *who, uint8_t *data, size_t size, void *host) {
    (void)host;
    struct record *one = find(IDENTITY, who->name, who->name_len, (uint32_t)who->device_id);
    return !one || (one->data.length == size && !memcmp(one->data.at, data, size));
}

static int set_up(signal_context **context, signal_protocol_store_context **store) {
    signal_crypto_provider crypto = {fill,      mac_begin, mac_more,  mac_end, mac_free, hash_begin,
                                     hash_more, hash_end,  hash_free, encrypt, decrypt,  NULL};
    signal_protocol_session_store sessions = {
        session_load, session_devices, session_store, session_has, session_forget, session_forget_all, NULL, NULL};
    signal_protocol_pre_key_store prekeys = {prekey_load, prekey_store, prekey_has, prekey_forget, NULL, NULL};
    signal_protocol_signed_pre_key_store signeds = {signed_load, signed_store, signed_has, signed_forget, NULL, NULL};
    signal_protocol_identity_key_store identities = {identity_own, identity_number, identity_store, identity_trusted, NULL, NULL};
    int code = signal_context_create(context, NULL);
    if (!code) code = signal_context_set_crypto_provider(*context, &crypto);
    if (!code) code = signal_protocol_store_context_create(store, *context);
    if (!code) code = signal_protocol_store_context_set_session_store(*store, &sessions);
    if (!code) code = signal_protocol_store_context_set_pre_key_store(*store, &prekeys);
    if (!code) code = signal_protocol_store_context_set_signed_pre_key_store(*store, &signeds);
    if (!code) code = signal_protocol_store_context_set_identity_key_store(*store, &identities);
    return code;
}

/* ---- lines ---------------------------------------------------------------------------------------------------------- */

static signal_context *context;
static signal_protocol_store_context *store;

/* The next word of the line; the empty text where there is none. */
static char *word(void) {
    char *next = strtok(NULL, " \r\n");
    return next ? next : "";
}

static uint32_t number(void) { return (uint32_t)strtoul(word(), NULL, 10); }

/* The next word as bytes; without any where it is no hexadecimal. */
static bytes binary(void) {
    const char *text = word();
    bytes out = {malloc(strlen(text) / 2 + 1), strlen(text) / 2};
    for (size_t at = 0; out.at && at < out.length; at++) {
        unsigned value = 0;
        if (sscanf(text + 2 * at, "%2x", &value) != 1) return (bytes){NULL, 0};
        out.at[at] = (uint8_t)value;
    }
    return out;
}

static void tell(const uint8_t *data, size_t length) {
    putchar(' ');
    for (size_t at = 0; at < length; at++) printf("%02x", data[at]);
}

static void tell_buffer(signal_buffer *buffer) {
    tell(signal_buffer_data(buffer), signal_buffer_len(buffer));
    signal_buffer_free(buffer);
}

static int init(void) {
    session_signed_pre_key *signed_key = NULL;
    signal_protocol_key_helper_pre_key_list_node *keys = NULL;
    (void)number();
    int code = signal_protocol_key_helper_generate_identity_key_pair(&own, context);
    if (!code) code = signal_protocol_key_helper_generate_signed_pre_key(&signed_key, own, 1, (uint64_t)time(NULL) * 1000, context);
    if (!code) code = signal_protocol_key_helper_generate_pre_keys(&keys, 1, PREKEYS, context);
    if (!code) code = signal_protocol_signed_pre_key_store_key(store, signed_key);
    if (code) return code;
    printf("bundle");
    tell_buffer(ec_public_key_get_ed(ratchet_identity_key_pair_get_public(own)));
    printf(" %u", session_signed_pre_key_get_id(signed_key));
    tell_buffer(ec_public_key_get_mont(ec_key_pair_get_public(session_signed_pre_key_get_key_pair(signed_key))));
    tell(session_signed_pre_key_get_signature_omemo(signed_key), session_signed_pre_key_get_signature_omemo_len(signed_key));
    for (signal_protocol_key_helper_pre_key_list_node *one = keys; one; one = signal_protocol_key_helper_key_list_next(one)) {
        session_pre_key *key = signal_protocol_key_helper_key_list_element(one);
        if ((code = signal_protocol_pre_key_store_key(store, key))) break;
        printf(" %u", session_pre_key_get_id(key));
        tell_buffer(ec_public_key_get_mont(ec_key_pair_get_public(session_pre_key_get_key_pair(key))));
    }
    putchar('\n');
    signal_protocol_key_helper_key_list_free(keys);
    SIGNAL_UNREF(signed_key);
    return code;
}

static signal_protocol_address address(void) {
    char *name = word();
    return (signal_protocol_address){name, strlen(name), (int32_t)number()};
}

static int session(void) {
    signal_protocol_address who = address();
    bytes identity = binary();
    uint32_t signed_id = number();
    bytes signed_key = binary(), signature = binary();
    uint32_t id = number();
    bytes prekey = binary();
    ec_public_key *points[3] = {NULL, NULL, NULL};
    session_pre_key_bundle *bundle = NULL;
    session_builder *builder = NULL;
    int code = curve_decode_point_ed(&points[0], identity.at, identity.length, context);
    if (!code) code = curve_decode_point_mont(&points[1], signed_key.at, signed_key.length, context);
    if (!code) code = curve_decode_point_mont(&points[2], prekey.at, prekey.length, context);
    if (!code)
        code = session_pre_key_bundle_create(&bundle, 1, who.device_id, id, points[2], signed_id, points[1], signature.at,
                                             signature.length, points[0]);
    if (!code) code = session_builder_create(&builder, store, &who, context);
    if (!code) {
        session_builder_set_version(builder, VERSION);
        code = session_builder_process_pre_key_bundle(builder, bundle);
    }
    if (builder) session_builder_free(builder);
    SIGNAL_UNREF(bundle);
    for (int at = 0; at < 3; at++) SIGNAL_UNREF(points[at]);
    free(identity.at), free(signed_key.at), free(signature.at), free(prekey.at);
    if (!code) puts("ok");
    return code;
}

static int enc(void) {
    signal_protocol_address who = address();
    bytes key = binary();
    session_cipher *with = NULL;
    ciphertext_message *message = NULL;
    int code = session_cipher_create(&with, store, &who, context);
    if (!code) {
        session_cipher_set_version(with, VERSION);
        code = session_cipher_encrypt(with, key.at, key.length, &message);
    }
    if (!code) {
        signal_buffer *wire = ciphertext_message_get_serialized(message);
        printf("enc %d", ciphertext_message_get_type(message) == CIPHERTEXT_PREKEY_TYPE);
        tell(signal_buffer_data(wire), signal_buffer_len(wire));
        putchar('\n');
    }
    SIGNAL_UNREF(message);
    if (with) session_cipher_free(with);
    free(key.at);
    return code;
}

static int dec(void) {
    signal_protocol_address who = address();
    uint32_t exchange = number();
    bytes wire = binary();
    session_cipher *with = NULL;
    signal_buffer *key = NULL;
    int code = session_cipher_create(&with, store, &who, context);
    if (!code) session_cipher_set_version(with, VERSION);
    if (!code && exchange) {
        pre_key_signal_message *message = NULL;
        code = pre_key_signal_message_deserialize_omemo(&message, wire.at, wire.length, (uint32_t)who.device_id, context);
        if (!code) code = session_cipher_decrypt_pre_key_signal_message(with, message, NULL, &key);
        SIGNAL_UNREF(message);
    } else if (!code) {
        signal_message *message = NULL;
        code = signal_message_deserialize_omemo(&message, wire.at, wire.length, context);
        if (!code) code = session_cipher_decrypt_signal_message(with, message, NULL, &key);
        SIGNAL_UNREF(message);
    }
    if (!code) {
        printf("dec");
        tell_buffer(key);
        putchar('\n');
    }
    if (with) session_cipher_free(with);
    free(wire.at);
    return code;
}

/* Derives from the key of a payload: 32 bytes for the cipher, 32 for the tag, 16 for the initialisation vector. */
static int derive(const uint8_t *key, uint8_t out[80]) {
    uint8_t salt[32] = {0};
    char digest[] = "SHA256", info[] = "OMEMO Payload";
    EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *state = EVP_KDF_CTX_new(hkdf);
    OSSL_PARAM with[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                         OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, 32),
                         OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt, sizeof salt),
                         OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, strlen(info)), OSSL_PARAM_construct_end()};
    int good = state && EVP_KDF_derive(state, out, 80, with) == 1;
    EVP_KDF_CTX_free(state);
    EVP_KDF_free(hkdf);
    return good ? SG_SUCCESS : SG_ERR_UNKNOWN;
}

static int tag(const uint8_t *key, bytes data, uint8_t out[16]) {
    uint8_t whole[EVP_MAX_MD_SIZE];
    size_t length = 0;
    if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, 32, data.at, data.length, whole, sizeof whole, &length)) return SG_ERR_UNKNOWN;
    memcpy(out, whole, 16);
    return SG_SUCCESS;
}

static int close_text(void) {
    bytes text = binary(), payload = {NULL, 0};
    uint8_t keys[80], key[48];
    int code = text.at && RAND_bytes(key, 32) == 1 ? derive(key, keys) : SG_ERR_INVAL;
    if (!code) {
        payload = cbc(1, keys, keys + 64, text.at, text.length);
        code = payload.at ? tag(keys + 32, payload, key + 32) : SG_ERR_UNKNOWN;
    }
    if (!code) {
        printf("close");
        tell(key, sizeof key);
        tell(payload.at, payload.length);
        putchar('\n');
    }
    free(text.at), free(payload.at);
    return code;
}

static int unclose(void) {
    bytes key = binary(), payload = binary(), text = {NULL, 0};
    uint8_t keys[80], expected[16];
    int code = key.length == 48 && payload.at ? derive(key.at, keys) : SG_ERR_INVAL;
    if (!code) code = tag(keys + 32, payload, expected);
    if (!code && CRYPTO_memcmp(expected, key.at + 32, sizeof expected)) code = SG_ERR_INVALID_MAC;
    if (!code) {
        text = cbc(0, keys, keys + 64, payload.at, payload.length);
        if (!text.at) code = SG_ERR_INVALID_MESSAGE;
    }
    if (!code) {
        printf("text");
        tell(text.at, text.length);
        putchar('\n');
    }
    free(key.at), free(payload.at), free(text.at);
    return code;
}

int main(void) {
    static const struct {
        const char *name;
        int (*run)(void);
    } commands[] = {{"init", init}, {"session", session}, {"enc", enc}, {"dec", dec}, {"close", close_text}, {"unclose", unclose}};
    char *line = NULL;
    size_t room = 0;
    int code = set_up(&context, &store);
    if (code) {
        fprintf(stderr, "libomemo-c does not start: %d\n", code);
        return 2;
    }
    while (getline(&line, &room, stdin) > 0) {
        char *name = strtok(line, " \r\n");
        code = SG_ERR_INVAL;
        for (size_t at = 0; name && at < sizeof commands / sizeof *commands; at++)
            if (!strcmp(commands[at].name, name)) code = commands[at].run();
        if (code) printf("err %d\n", code);
        fflush(stdout);
    }
    free(line);
    return 0;
}
