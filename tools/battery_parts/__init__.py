"""What `tools/battery` is made of: keys and ciphertexts (`openpgp`, `omemo`), stanzas (`stanzas`), and a module a topic."""
