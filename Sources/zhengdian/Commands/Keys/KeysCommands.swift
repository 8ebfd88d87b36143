/// Master keys and what they wrap.
enum KeysCommands {
  static let group = Command(
    group: "keys", "Makes master keys, shows what they wrap, and changes to new ones.",
    details: """
      The master keys of the key file wrap the column keys of the registry and a key for each
      message of the journal. To change to a new one:

        zhengdian keys new FILE      appends a new current key to the site's key file
        (stop the gateway)
        zhengdian keys rotate        a new column key; everything under the new keys
        (start the gateway)
        zhengdian keys check         tells which old lines the database needs no more

      An old line still opens old backups: keep it with them.
      """,
    [KeysNew.command, KeysCheck.command, KeysRotate.command])
}
