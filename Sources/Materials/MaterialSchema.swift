public import SQLDatabase

/// Files that customers handed in, each kept once, and what they are.
///
/// Files and what tells about people are sealed; `content`, `identity`, `holder_code` and `holder_name` are keyed digests.
public enum MaterialSchema {
  public static let component = SchemaComponent(
    name: "materials",
    migrations: [
      Migration(
        version: 1, name: "materials",
        statements: [
          """
          CREATE TABLE material_file (
            id INTEGER PRIMARY KEY AUTOINCREMENT, content BLOB NOT NULL, sealed BLOB NOT NULL, size INTEGER NOT NULL,
            created INTEGER NOT NULL)
          """,
          "CREATE UNIQUE INDEX material_file_by_content ON material_file (content)",
          // `file` is null once it was erased; `identity` says which file of whom it is, and as what.
          """
          CREATE TABLE material (
            id INTEGER PRIMARY KEY AUTOINCREMENT, file INTEGER, identity BLOB, holder_code BLOB,
            holder_name BLOB, code TEXT NOT NULL, kind TEXT, issued TEXT, valid_to TEXT,
            business TEXT NOT NULL, application TEXT, channel TEXT NOT NULL, received INTEGER NOT NULL,
            size INTEGER NOT NULL, sealed BLOB, check_state TEXT, check_reasons TEXT, checked INTEGER,
            certificate TEXT, withdrawn INTEGER, withdrawal BLOB, erased INTEGER)
          """,
          "CREATE UNIQUE INDEX material_once ON material (identity) WHERE withdrawn IS NULL AND erased IS NULL",
          "CREATE INDEX material_by_file ON material (file) WHERE file IS NOT NULL",
          "CREATE INDEX material_by_code ON material (holder_code) WHERE holder_code IS NOT NULL",
          "CREATE INDEX material_by_name ON material (holder_name) WHERE holder_name IS NOT NULL",
        ]),
      Migration(
        version: 2, name: "material applications",
        statements: [
          // Each application that a material was handed in for, in the utility's own number; `material.application` is the first.
          """
          CREATE TABLE material_application (
            application TEXT NOT NULL, material INTEGER NOT NULL, PRIMARY KEY (application, material)) WITHOUT ROWID
          """,
          "CREATE INDEX material_application_by_material ON material_application (material)",
          """
          INSERT INTO material_application (application, material)
          SELECT application, id FROM material WHERE application IS NOT NULL
          """,
        ]),
    ])
}
