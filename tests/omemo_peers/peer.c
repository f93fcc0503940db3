/* A device of libomemo-c in its mode for urn:xmpp:omemo:2, behind lines of text. Bytes are in hexadecimal.
 *
 *   init ID                                          bundle IDENTITY SPK_ID SPK SIGNATURE {PREKEY_ID PREKEY}
 *   session JID ID IDENTITY SPK_ID SPK SIGNATURE PREKEY_ID PREKEY        ok
 *   enc JID ID TEXT                                  enc KEX MESSAGE
 *   dec JID ID KEX MESSAGE                           dec TEXT
 *
 * Whatever fails is answered with `err` and the number that the library gave.
 *
 * cc -O2 peer.c -o peer $(pkg-config --cflags --libs libomemo-c libcrypto)
 */
#include <omemo/curve.h>
#include <omemo/key_helper.h>
#include <omemo/protocol.h>
#include <omemo/session_builder.h>
#include <omemo/session_cipher.h>
#include <omemo/session_pre_key.h>
#include <omemo/signal_protocol.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PREKEYS = 30, WORDS = 12, LONGEST = 1 << 20 };

/* ---- Cryptography: the library asks for it ------------------------------------------------------------------------------ */

static int random_bytes(uint8_t *bytes, size_t length, void *context) {
    (void)context;
    return RAND_bytes(bytes, (int)length) == 1 ? SG_SUCCESS : SG_ERR_UNKNOWN;
}

/* What is to be hashed is gathered first: one call does the rest. */
struct gathered {
    uint8_t key[128];
    size_t key_length;
    uint8_t *bytes;
    size_t length;
};

static int gather(void *state, const uint8_t *bytes, size_t length, void *context) {
    struct gathered *all = state;
    uint8_t *grown = realloc(all->bytes, all->length + length + 1);
    (void)context;
    if (!grown)
        return SG_ERR_NOMEM;
    memcpy(grown + all->length, bytes, length);
    all->bytes = grown;
    all->length += length;
    return SG_SUCCESS;
}

static int begin_hmac(void **state, const uint8_t *key, size_t length, void *context) {
    struct gathered *all = calloc(1, sizeof *all);
    (void)context;
    if (!all || length > sizeof all->key)
        return SG_ERR_NOMEM;
    memcpy(all->key, key, length);
    all->key_length = length;
    *state = all;
    return SG_SUCCESS;
}

static int begin_hash(void **state, void *context) {
    return begin_hmac(state, (const uint8_t *)"", 0, context);
}

static int end_hmac(void *state, signal_buffer **output, void *context) {
    struct gathered *all = state;
    uint8_t tag[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    (void)context;
    if (!HMAC(EVP_sha256(), all->key, (int)all->key_length, all->bytes ? all->bytes : (uint8_t *)"", all->length, tag, &length))
        return SG_ERR_UNKNOWN;
    *output = signal_buffer_create(tag, length);
    return SG_SUCCESS;
}

static int end_hash(void *state, signal_buffer **output, void *context) {
    struct gathered *all = state;
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    (void)context;
    if (!EVP_Digest(all->bytes ? all->bytes : (uint8_t *)"", all->length, digest, &length, EVP_sha512(), NULL))
        return SG_ERR_UNKNOWN;
    *output = signal_buffer_create(digest, length);
    all->length = 0;
    return SG_SUCCESS;
}

static void forget(void *state, void *context) {
    struct gathered *all = state;
    (void)context;
    free(all->bytes);
    free(all);
}

static const EVP_CIPHER *cipher_of(int kind, size_t key_length) {
    if (kind == SG_CIPHER_AES_CBC_PKCS5)
        return key_length == 32 ? EVP_aes_256_cbc() : EVP_aes_128_cbc();
    return key_length == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
}

static int run_cipher(int encrypts, signal_buffer **output, int kind, const uint8_t *key, size_t key_length, const uint8_t *iv,
                 const uint8_t *input, size_t length) {
    EVP_CIPHER_CTX *state = EVP_CIPHER_CTX_new();
    uint8_t *bytes = malloc(length + 64);
    int first = 0, last = 0, fine = 0;
    if (state && bytes)
        fine = EVP_CipherInit_ex(state, cipher_of(kind, key_length), NULL, key, iv, encrypts)
            && EVP_CipherUpdate(state, bytes, &first, input, (int)length) && EVP_CipherFinal_ex(state, bytes + first, &last);
    if (fine)
        *output = signal_buffer_create(bytes, (size_t)(first + last));
    free(bytes);
    EVP_CIPHER_CTX_free(state);
    return fine ? SG_SUCCESS : SG_ERR_UNKNOWN;
}

static int encrypt_bytes(signal_buffer **output, int kind, const uint8_t *key, size_t key_length, const uint8_t *iv, size_t iv_length,
                   const uint8_t *input, size_t length, void *context) {
    (void)iv_length, (void)context;
    return run_cipher(1, output, kind, key, key_length, iv, input, length);
}

static int decrypt_bytes(signal_buffer **output, int kind, const uint8_t *key, size_t key_length, const uint8_t *iv, size_t iv_length,
                   const uint8_t *input, size_t length, void *context) {
    (void)iv_length, (void)context;
    return run_cipher(0, output, kind, key, key_length, iv, input, length);
}

/* ---- What a device remembers: records by name, one list a device -------------------------------------------------------- */

struct record {
    char name[256];
    signal_buffer *value;
    struct record *next;
};

struct device {
    signal_context *library;
    signal_protocol_store_context *store;
    ratchet_identity_key_pair *identity;
    uint32_t id;
    struct record *records;
};

static struct record *look_up(struct device *device, const char *name) {
    for (struct record *one = device->records; one; one = one->next)
        if (one->value && !strcmp(one->name, name))
            return one;
    return NULL;
}

static int keep(struct device *device, const char *name, const uint8_t *bytes, size_t length) {
    struct record *one = look_up(device, name);
    if (!one) {
        one = calloc(1, sizeof *one);
        if (!one)
            return SG_ERR_NOMEM;
        snprintf(one->name, sizeof one->name, "%s", name);
        one->next = device->records;
        device->records = one;
    } else {
        signal_buffer_free(one->value);
    }
    one->value = signal_buffer_create(bytes, length);
    return SG_SUCCESS;
}

static void drop(struct device *device, const char *name) {
    struct record *one = look_up(device, name);
    if (one) {
        signal_buffer_free(one->value);
        one->value = NULL;
    }
}

static const char *numbered(char name[256], const char *kind, uint32_t id) {
    snprintf(name, 256, "%s %u", kind, id);
    return name;
}

static const char *session_name(char name[256], const signal_protocol_address *address) {
    snprintf(name, 256, "session %.*s %d", (int)address->name_len, address->name, address->device_id);
    return name;
}

static int load_session(signal_buffer **record, signal_buffer **user, const signal_protocol_address *address, void *device) {
    char name[256];
    struct record *one = look_up(device, session_name(name, address));
    (void)user;
    if (!one)
        return 0;
    *record = signal_buffer_copy(one->value);
    return 1;
}

static int other_sessions(signal_int_list **sessions, const char *name, size_t length, void *device) {
    (void)name, (void)length, (void)device;
    *sessions = signal_int_list_alloc();
    return 0;
}

static int store_session(const signal_protocol_address *address, uint8_t *record, size_t length, uint8_t *user, size_t user_length,
                         void *device) {
    char name[256];
    (void)user, (void)user_length;
    return keep(device, session_name(name, address), record, length);
}

static int has_session(const signal_protocol_address *address, void *device) {
    char name[256];
    return look_up(device, session_name(name, address)) != NULL;
}

static int delete_session(const signal_protocol_address *address, void *device) {
    char name[256];
    drop(device, session_name(name, address));
    return 1;
}

static int delete_sessions(const char *name, size_t length, void *device) {
    (void)name, (void)length, (void)device;
    return 0;
}

static int load_numbered(struct device *device, signal_buffer **record, const char *kind, uint32_t id) {
    char name[256];
    struct record *one = look_up(device, numbered(name, kind, id));
    if (!one)
        return SG_ERR_INVALID_KEY_ID;
    *record = signal_buffer_copy(one->value);
    return SG_SUCCESS;
}

static int load_prekey(signal_buffer **record, uint32_t id, void *device) { return load_numbered(device, record, "prekey", id); }
static int load_signed(signal_buffer **record, uint32_t id, void *device) { return load_numbered(device, record, "signed", id); }

static int store_prekey(uint32_t id, uint8_t *record, size_t length, void *device) {
    char name[256];
    return keep(device, numbered(name, "prekey", id), record, length);
}

static int store_signed(uint32_t id, uint8_t *record, size_t length, void *device) {
    char name[256];
    return keep(device, numbered(name, "signed", id), record, length);
}

static int has_prekey(uint32_t id, void *device) {
    char name[256];
    return look_up(device, numbered(name, "prekey", id)) != NULL;
}

static int has_signed(uint32_t id, void *device) {
    char name[256];
    return look_up(device, numbered(name, "signed", id)) != NULL;
}

static int remove_prekey(uint32_t id, void *device) {
    char name[256];
    drop(device, numbered(name, "prekey", id));
    return 0;
}

static int remove_signed(uint32_t id, void *device) {
    (void)id, (void)device;
    return 0;
}

static int own_identity(signal_buffer **public_half, signal_buffer **secret_half, void *context) {
    struct device *device = context;
    int failed = ec_public_key_serialize(public_half, ratchet_identity_key_pair_get_public(device->identity));
    return failed ? failed : ec_private_key_serialize(secret_half, ratchet_identity_key_pair_get_private(device->identity));
}

static int own_id(void *context, uint32_t *id) {
    *id = ((struct device *)context)->id;
    return 0;
}

static int save_identity(const signal_protocol_address *address, uint8_t *key, size_t length, void *context) {
    (void)address, (void)key, (void)length, (void)context;
    return 0;
}

static int trust(const signal_protocol_address *address, uint8_t *key, size_t length, void *context) {
    (void)address, (void)key, (void)length, (void)context;
    return 1;
}

static int open_device(struct device *device) {
    static const signal_crypto_provider crypto = {random_bytes, begin_hmac, gather,   end_hmac, forget,  begin_hash,
                                                  gather,       end_hash,   forget,   encrypt_bytes, decrypt_bytes, NULL};
    signal_protocol_session_store sessions = {load_session,   other_sessions,  store_session, has_session,
                                              delete_session, delete_sessions, NULL,          device};
    signal_protocol_pre_key_store prekeys = {load_prekey, store_prekey, has_prekey, remove_prekey, NULL, device};
    signal_protocol_signed_pre_key_store signeds = {load_signed, store_signed, has_signed, remove_signed, NULL, device};
    signal_protocol_identity_key_store identities = {own_identity, own_id, save_identity, trust, NULL, device};
    int failed = signal_context_create(&device->library, device);
    if (failed || (failed = signal_context_set_crypto_provider(device->library, &crypto))
        || (failed = signal_protocol_store_context_create(&device->store, device->library)))
        return failed;
    signal_protocol_store_context_set_session_store(device->store, &sessions);
    signal_protocol_store_context_set_pre_key_store(device->store, &prekeys);
    signal_protocol_store_context_set_signed_pre_key_store(device->store, &signeds);
    signal_protocol_store_context_set_identity_key_store(device->store, &identities);
    return 0;
}

/* ---- The commands ------------------------------------------------------------------------------------------------------- */

static size_t from_hex(const char *text, uint8_t *bytes, size_t longest) {
    size_t length = strlen(text) / 2;
    if (length > longest)
        return 0;
    for (size_t at = 0; at < length; at++) {
        unsigned value = 0;
        sscanf(text + 2 * at, "%2x", &value);
        bytes[at] = (uint8_t)value;
    }
    return length;
}

static void put_bytes(const uint8_t *bytes, size_t length) {
    for (size_t at = 0; at < length; at++)
        printf("%02x", bytes[at]);
}

static void put_buffer(signal_buffer *buffer) {
    put_bytes(signal_buffer_data(buffer), signal_buffer_len(buffer));
}

static int init(struct device *device, const char *id) {
    session_signed_pre_key *signed_key = NULL;
    signal_protocol_key_helper_pre_key_list_node *list = NULL;
    signal_buffer *record = NULL;
    int failed;
    device->id = (uint32_t)strtoul(id, NULL, 10);
    if ((failed = signal_protocol_key_helper_generate_identity_key_pair(&device->identity, device->library))
        || (failed = signal_protocol_key_helper_generate_signed_pre_key(&signed_key, device->identity, 1, (uint64_t)time(NULL) * 1000,
                                                                        device->library))
        || (failed = session_signed_pre_key_serialize(&record, signed_key))
        || (failed = store_signed(1, signal_buffer_data(record), signal_buffer_len(record), device))
        || (failed = signal_protocol_key_helper_generate_pre_keys(&list, 1, PREKEYS, device->library)))
        return failed;
    printf("bundle ");
    put_buffer(ec_public_key_get_ed(ratchet_identity_key_pair_get_public(device->identity)));
    printf(" 1 ");
    put_buffer(ec_public_key_get_mont(ec_key_pair_get_public(session_signed_pre_key_get_key_pair(signed_key))));
    printf(" ");
    put_bytes(session_signed_pre_key_get_signature_omemo(signed_key), session_signed_pre_key_get_signature_omemo_len(signed_key));
    for (; list; list = signal_protocol_key_helper_key_list_next(list)) {
        session_pre_key *key = signal_protocol_key_helper_key_list_element(list);
        uint32_t number = session_pre_key_get_id(key);
        if ((failed = session_pre_key_serialize(&record, key))
            || (failed = store_prekey(number, signal_buffer_data(record), signal_buffer_len(record), device)))
            return failed;
        printf(" %u ", number);
        put_buffer(ec_public_key_get_mont(ec_key_pair_get_public(session_pre_key_get_key_pair(key))));
    }
    printf("\n");
    return 0;
}

static signal_protocol_address address_of(const char *jid, const char *id) {
    signal_protocol_address address = {jid, strlen(jid), atoi(id)};
    return address;
}

static int begin_session(struct device *device, char **word) {
    uint8_t identity[64], signed_key[64], signature[128], prekey[64];
    size_t lengths[4] = {from_hex(word[3], identity, sizeof identity), from_hex(word[5], signed_key, sizeof signed_key),
                         from_hex(word[6], signature, sizeof signature), from_hex(word[8], prekey, sizeof prekey)};
    ec_public_key *identity_key = NULL, *signed_point = NULL, *prekey_point = NULL;
    session_pre_key_bundle *bundle = NULL;
    session_builder *builder = NULL;
    signal_protocol_address address = address_of(word[1], word[2]);
    int failed;
    if ((failed = curve_decode_point_ed(&identity_key, identity, lengths[0], device->library))
        || (failed = curve_decode_point_mont(&signed_point, signed_key, lengths[1], device->library))
        || (failed = curve_decode_point_mont(&prekey_point, prekey, lengths[3], device->library))
        || (failed = session_pre_key_bundle_create(&bundle, (uint32_t)address.device_id, address.device_id,
                                                   (uint32_t)strtoul(word[7], NULL, 10), prekey_point,
                                                   (uint32_t)strtoul(word[4], NULL, 10), signed_point, signature, lengths[2],
                                                   identity_key))
        || (failed = session_builder_create(&builder, device->store, &address, device->library)))
        return failed;
    session_builder_set_version(builder, CIPHERTEXT_OMEMO_VERSION);
    failed = session_builder_process_pre_key_bundle(builder, bundle);
    session_builder_free(builder);
    if (!failed)
        printf("ok\n");
    return failed;
}

static int cipher_for(struct device *device, session_cipher **cipher, signal_protocol_address *address) {
    int failed = session_cipher_create(cipher, device->store, address, device->library);
    if (!failed)
        session_cipher_set_version(*cipher, CIPHERTEXT_OMEMO_VERSION);
    return failed;
}

static int seal(struct device *device, char **word) {
    static uint8_t text[LONGEST];
    size_t length = from_hex(word[3], text, sizeof text);
    signal_protocol_address address = address_of(word[1], word[2]);
    session_cipher *cipher = NULL;
    ciphertext_message *message = NULL;
    int failed = cipher_for(device, &cipher, &address);
    if (failed || (failed = session_cipher_encrypt(cipher, text, length, &message)))
        return failed;
    printf("enc %d ", ciphertext_message_get_type(message) == CIPHERTEXT_PREKEY_TYPE);
    put_buffer(ciphertext_message_get_serialized(message));
    printf("\n");
    SIGNAL_UNREF(message);
    session_cipher_free(cipher);
    return 0;
}

static int open_message(struct device *device, signal_protocol_address *address, int is_exchange, const uint8_t *bytes, size_t length,
                        signal_buffer **text) {
    session_cipher *cipher = NULL;
    int failed = cipher_for(device, &cipher, address);
    if (failed)
        return failed;
    if (is_exchange) {
        pre_key_signal_message *message = NULL;
        failed = pre_key_signal_message_deserialize_omemo(&message, bytes, length, (uint32_t)address->device_id, device->library);
        if (!failed)
            failed = session_cipher_decrypt_pre_key_signal_message(cipher, message, NULL, text);
        SIGNAL_UNREF(message);
    } else {
        signal_message *message = NULL;
        failed = signal_message_deserialize_omemo(&message, bytes, length, device->library);
        if (!failed)
            failed = session_cipher_decrypt_signal_message(cipher, message, NULL, text);
        SIGNAL_UNREF(message);
    }
    session_cipher_free(cipher);
    return failed;
}

static int open_line(struct device *device, char **word) {
    static uint8_t bytes[LONGEST];
    size_t length = from_hex(word[4], bytes, sizeof bytes);
    signal_protocol_address address = address_of(word[1], word[2]);
    signal_buffer *text = NULL;
    int failed = open_message(device, &address, atoi(word[3]), bytes, length, &text);
    if (failed)
        return failed;
    printf("dec ");
    put_buffer(text);
    printf("\n");
    signal_buffer_free(text);
    return 0;
}

int main(void) {
    static char line[LONGEST];
    struct device device = {0};
    int failed = open_device(&device);
    if (failed) {
        fprintf(stderr, "libomemo-c cannot be set up: %d\n", failed);
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (fgets(line, sizeof line, stdin)) {
        char *word[WORDS] = {0};
        int count = 0;
        for (char *next = strtok(line, " \n"); next && count < WORDS; next = strtok(NULL, " \n"))
            word[count++] = next;
        if (count == 2 && !strcmp(word[0], "init"))
            failed = init(&device, word[1]);
        else if (count == 9 && !strcmp(word[0], "session"))
            failed = begin_session(&device, word);
        else if (count == 4 && !strcmp(word[0], "enc"))
            failed = seal(&device, word);
        else if (count == 5 && !strcmp(word[0], "dec"))
            failed = open_line(&device, word);
        else
            failed = SG_ERR_INVAL;
        if (failed)
            printf("err %d\n", failed);
    }
    return 0;
}
