extension HelpTopic {
    static let keysText = """
        How a command gets the key that opens the vault. A flag beats the environment, the environment beats systemd's
        credentials folder; two on one level are an error. Without any the passphrase is asked for on the terminal.

          --key-file FILE               a file with a machine key (ADVAULT-SECRET-KEY-1…)
          --key-fd N                    an inherited descriptor to read one from, to its end
          --key-command COMMAND         a program that prints one
          --passphrase-file, -fd, -command    the same for a passphrase
          ADVAULT_KEY                   a machine key itself
          ADVAULT_KEY_FILE, ADVAULT_KEY_COMMAND
          ADVAULT_PASSPHRASE            a passphrase itself
          ADVAULT_PASSPHRASE_FILE, ADVAULT_PASSPHRASE_COMMAND
          $CREDENTIALS_DIRECTORY/advault.key    a machine key that systemd hands to a service

        A new passphrase (init, key add --passphrase, key change) has sources of its own, so that the old one is never
        taken for the new one: --new-passphrase-file, -fd, -command, ADVAULT_NEW_PASSPHRASE,
        ADVAULT_NEW_PASSPHRASE_FILE, ADVAULT_NEW_PASSPHRASE_COMMAND, --generate, else the terminal, where it is asked
        for twice.

        Files must be regular, your own or root's, closed to others (chmod 600), and reached through no link of
        another user's. /dev/fd/N, which the shell's <(…) hands over, is descriptor N. One trailing line end is
        stripped. Secrets are never taken from arguments, which every user of the machine can read.

        Commands are run without a shell: blanks part words, '…' and "…" hold blanks together and are taken off, and
        nothing else means anything (no backslash, no $, no ~, no pipe). The first word is a program, looked up in
        PATH. It has no terminal, no stdin and few variables (PATH, HOME, the language, those of agents and of the
        desktop), none of advault's but ADVAULT_KEY_PURPOSE: "old" for the key that opens the vault, "new" for one
        that is being made. It may print 4096 bytes and take 60 seconds; what it says on stderr is shown.

        A new passphrase has at least 15 characters (Unicode code points). It is used as it is typed: the same letter
        composed (NFC) and decomposed (NFD) is another passphrase, so keep to what every keyboard of yours types alike.
        --generate makes one of 120 random bits and shows it once, on the terminal.

        --kdf-cost is what each guess of a passphrase costs, and each opening with it (about, on a usual machine):
          15  32 MiB  0.1 s     17  128 MiB  0.4 s (the usual one)     19  512 MiB  1.7 s
          16  64 MiB  0.2 s     18  256 MiB  0.9 s                     20    1 GiB  3.5 s
        A slot keeps the cost that it was made with; key change gives it another. Machine keys are random and need none.
        Slots that cost more than 1 GiB together are tried one at a time: name it with --slot.

        --slot LABEL               try this slot alone (advault key list shows them)
        --vault-id ID              refuse any other vault; also ADVAULT_VAULT_ID

        The public key of a slot (advault key list) is also what somebody can seal an app to for you:
        advault app export NAME --to advault1…; the key that opens the vault by that slot opens it: advault app import FILE.
        """
}
