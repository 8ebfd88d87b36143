// The program somebody would write in an afternoon to get the same pages into SQLite: one thread, one file, libcurl, simdjson, libxml2
// SAX. It signs as the platform asks, keeps each raw page, writes the columns of each record with three indexes and checks that all
// declared rows came. It has no manifests, no mapping language, no versions, no evidence, no encryption and no audit.
//
// Durability is the gateway's: WAL with synchronous FULL; the raw page is committed before it is parsed, and the records of a page are
// committed together. With --one-commit the page and its records share a transaction, which is cheaper and keeps no page that does not parse.
#include <curl/curl.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <simdjson.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

using std::string;
using std::string_view;

[[noreturn]] static void fail(const char *format, ...) {
  va_list list;
  va_start(list, format);
  vfprintf(stderr, format, list);
  va_end(list);
  fputc('\n', stderr);
  exit(1);
}

// ---- Settings -------------------------------------------------------------------------------------------------------------------------

enum class Stage { download, parse, store };

struct Settings {
  string operation, address, database;
  std::unordered_map<string, string> values;  // the connection's: appKey, signKey …
  int pageSize = 500;
  Stage stage = Stage::store;
  bool oneCommit = false;
  bool plainSQLite = false;  // SQLite's own page size, cache and checkpoint instead of the gateway's

  const string &operator[](const char *name) const {
    auto found = values.find(name);
    if (found == values.end()) fail("missing setting: --set %s=…", name);
    return found->second;
  }
};

static Settings settingsFrom(int count, char **arguments) {
  Settings settings;
  for (int index = 1; index < count; index++) {
    string name = arguments[index];
    auto value = [&]() -> string {
      if (index + 1 >= count) fail("%s needs a value", name.c_str());
      return arguments[++index];
    };
    if (name == "--operation") settings.operation = value();
    else if (name == "--address") settings.address = value();
    else if (name == "--database") settings.database = value();
    else if (name == "--page-size") settings.pageSize = atoi(value().c_str());
    else if (name == "--one-commit") settings.oneCommit = true;
    else if (name == "--plain-sqlite") settings.plainSQLite = true;
    else if (name == "--until") {
      string stage = value();
      settings.stage = stage == "download" ? Stage::download : stage == "parse" ? Stage::parse : Stage::store;
    } else if (name == "--set") {
      string pair = value();
      auto equals = pair.find('=');
      if (equals == string::npos) fail("--set NAME=VALUE, not %s", pair.c_str());
      settings.values[pair.substr(0, equals)] = pair.substr(equals + 1);
    } else fail("unknown option %s", name.c_str());
  }
  if (settings.address.empty() || settings.pageSize < 1 || (settings.stage == Stage::store && settings.database.empty()))
    fail("usage: baseline --operation licences|deeds --address URL --database FILE --set NAME=VALUE… "
         "[--page-size N] [--until download|parse|store] [--one-commit] [--plain-sqlite]");
  return settings;
}

// ---- Signing --------------------------------------------------------------------------------------------------------------------------

static string hex(const unsigned char *bytes, size_t count) {
  static const char digits[] = "0123456789abcdef";
  string text;
  for (size_t index = 0; index < count; index++) {
    text += digits[bytes[index] >> 4];
    text += digits[bytes[index] & 15];
  }
  return text;
}

static string md5(const string &text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (!EVP_Digest(text.data(), text.size(), digest, &size, EVP_md5(), nullptr)) fail("MD5 failed");
  return hex(digest, size);
}

static string hmacSM3(const string &key, const string &text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  size_t size = 0;
  if (!EVP_Q_mac(nullptr, "HMAC", nullptr, "SM3", nullptr, key.data(), key.size(),
                 reinterpret_cast<const unsigned char *>(text.data()), text.size(), digest, sizeof digest, &size))
    fail("HMAC-SM3 failed");
  return hex(digest, size);
}

static long long milliseconds() {
  using namespace std::chrono;
  return duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch()).count();
}

static string beijingTime(const char *format) {
  time_t now = time(nullptr) + 8 * 3600;
  tm parts;
  gmtime_r(&now, &parts);
  char text[32];
  return string(text, strftime(text, sizeof text, format, &parts));
}

// ---- HTTP -----------------------------------------------------------------------------------------------------------------------------

class Connection {
 public:
  Connection() : handle(curl_easy_init()) {
    if (!handle) fail("curl_easy_init failed");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  }
  ~Connection() { curl_easy_cleanup(handle); }

  // The answer stays until the next call.
  string &post(const string &url, const string &content, const char *type) {
    body.clear();
    curl_slist *headers = curl_slist_append(nullptr, type);
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(content.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, content.data());
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    CURLcode result = curl_easy_perform(handle);
    curl_slist_free_all(headers);
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (result != CURLE_OK) fail("%s", curl_easy_strerror(result));
    if (status != 200) fail("HTTP status %ld: %.200s", status, body.c_str());
    return body;
  }

  string escape(const string &text) {
    char *escaped = curl_easy_escape(handle, text.data(), static_cast<int>(text.size()));
    string result = escaped;
    curl_free(escaped);
    return result;
  }

 private:
  static size_t receive(char *bytes, size_t size, size_t count, void *target) {
    auto *body = static_cast<string *>(target);
    if (body->size() + size * count > (32u << 20)) return 0;
    body->append(bytes, size * count);
    return size * count;
  }

  CURL *handle;
  string body;
};

// ---- SQLite ---------------------------------------------------------------------------------------------------------------------------

// Dates come as 2019-03-04, 20190304, 2019年3月4日, with or without a time of day: the numbers in them are enough to write them one way.
static string_view tidyDate(string_view text, char (&buffer)[32]) {
  int numbers[6] = {}, count = 0, digits = 0;
  for (char character : text) {
    if (character >= '0' && character <= '9') {
      // Without separators a year has four digits and all the rest two.
      if (digits == 0 && count < 6) count++;
      if (count > 6) break;
      numbers[count - 1] = numbers[count - 1] * 10 + (character - '0');
      digits++;
      if (digits == (count == 1 ? 4 : 2)) digits = 0;
    } else {
      digits = 0;
    }
  }
  if (count < 3) return text;
  int size = count == 6 ? snprintf(buffer, sizeof buffer, "%04d-%02d-%02d %02d:%02d:%02d", numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])
                    : snprintf(buffer, sizeof buffer, "%04d-%02d-%02d", numbers[0], numbers[1], numbers[2]);
  return string_view(buffer, static_cast<size_t>(size));
}

static bool isNothing(string_view text) { return text.empty() || text == "/" || text == "无"; }

class Store {
 public:
  explicit Store(const Settings &settings) : oneCommit(settings.oneCommit) {
    check(sqlite3_open(settings.database.c_str(), &database));
    if (!settings.plainSQLite) {
      // The gateway's own settings for its database.
      run("PRAGMA page_size = 8192");
      run("PRAGMA cache_size = -65536");
      run("PRAGMA wal_autocheckpoint = 16000");
      run("PRAGMA temp_store = MEMORY");
    }
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");
    run("CREATE TABLE page (id INTEGER PRIMARY KEY, operation TEXT NOT NULL, received INTEGER NOT NULL, body BLOB NOT NULL)");
    run("CREATE TABLE licence (id INTEGER PRIMARY KEY, page INTEGER NOT NULL, uniscid TEXT, ent_name TEXT, ent_type TEXT, ent_type_name TEXT,"
        " lerep TEXT, lerep_cert_no TEXT, dom TEXT, op_scope TEXT, reg_cap TEXT, reg_cap_cur TEXT, est_date TEXT, op_from TEXT, op_to TEXT,"
        " appr_date TEXT, issue_date TEXT, reg_org TEXT, reg_org_name TEXT, reg_state TEXT, state TEXT, update_time TEXT)");
    run("CREATE UNIQUE INDEX licence_by_code ON licence (uniscid)");
    run("CREATE INDEX licence_by_person ON licence (lerep_cert_no)");
    run("CREATE INDEX licence_by_name ON licence (ent_name)");
    run("CREATE TABLE deed (id INTEGER PRIMARY KEY, page INTEGER NOT NULL, deed_number TEXT, unit_number TEXT, location TEXT, floors TEXT,"
        " room TEXT, use TEXT, area TEXT, shared_area TEXT, house_type TEXT, house_nature TEXT, district TEXT, business_number TEXT,"
        " right_type TEXT, registration_type TEXT, reason TEXT, office TEXT, registrar TEXT, registered TEXT, right_state TEXT,"
        " accepted TEXT, updated TEXT)");
    run("CREATE TABLE holder (deed INTEGER NOT NULL, sequence INTEGER NOT NULL, name TEXT, number_kind TEXT, number TEXT, holder_type TEXT,"
        " share TEXT, ownership TEXT, address TEXT, phone TEXT, PRIMARY KEY (deed, sequence)) WITHOUT ROWID");
    run("CREATE UNIQUE INDEX deed_by_number ON deed (deed_number)");
    run("CREATE INDEX deed_by_unit ON deed (unit_number)");
    run("CREATE INDEX holder_by_number ON holder (number)");
    page = prepare("INSERT INTO page (operation, received, body) VALUES (?1, ?2, ?3)");
    begin = prepare("BEGIN IMMEDIATE");
    commit = prepare("COMMIT");
    licence = prepare(upsert("licence", "uniscid", "ent_name, ent_type, ent_type_name, lerep, lerep_cert_no, dom, op_scope, reg_cap, reg_cap_cur,"
        " est_date, op_from, op_to, appr_date, issue_date, reg_org, reg_org_name, reg_state, state, update_time"));
    deed = prepare(upsert("deed", "deed_number", "unit_number, location, floors, room, use, area, shared_area, house_type, house_nature,"
        " district, business_number, right_type, registration_type, reason, office, registrar, registered, right_state, accepted, updated"));
    holder = prepare("INSERT INTO holder VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (deed, sequence) DO UPDATE SET"
        " name = excluded.name, number_kind = excluded.number_kind, number = excluded.number, holder_type = excluded.holder_type,"
        " share = excluded.share, ownership = excluded.ownership, address = excluded.address, phone = excluded.phone");
  }

  ~Store() {
    for (auto *statement : {page, begin, commit, licence, deed, holder}) sqlite3_finalize(statement);
    check(sqlite3_close(database));
  }

  // Opens the transaction that the page's records will be written in.
  void keep(const string &operation, const string &body) {
    step(begin);
    sqlite3_bind_text(page, 1, operation.data(), static_cast<int>(operation.size()), SQLITE_STATIC);
    sqlite3_bind_int64(page, 2, milliseconds());
    sqlite3_bind_blob64(page, 3, body.data(), body.size(), SQLITE_STATIC);
    step(page);
    current = sqlite3_last_insert_rowid(database);
    if (!oneCommit) {
      step(commit);
      step(begin);
    }
  }

  void endPage() { step(commit); }

  void bind(sqlite3_stmt *statement, int column, string_view text) {
    if (isNothing(text)) sqlite3_bind_null(statement, column);
    else sqlite3_bind_text(statement, column, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  }

  // Until the row is stepped the buffer must stay.
  void bindDate(sqlite3_stmt *statement, int column, string_view text, char (&buffer)[32]) {
    bind(statement, column, isNothing(text) ? text : tidyDate(text, buffer));
  }

  // Returns the row's id.
  long long row(sqlite3_stmt *statement) {
    sqlite3_bind_int64(statement, 1, current);
    if (sqlite3_step(statement) != SQLITE_ROW) fail("SQLite: %s", sqlite3_errmsg(database));
    long long id = sqlite3_column_int64(statement, 0);
    check(sqlite3_reset(statement));
    return id;
  }

  void step(sqlite3_stmt *statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) fail("SQLite: %s", sqlite3_errmsg(database));
    check(sqlite3_reset(statement));
  }

  sqlite3_stmt *licence, *deed, *holder;

 private:
  static string upsert(const string &table, const string &key, const string &others) {
    string text = "INSERT INTO " + table + " (page, " + key + ", " + others + ") VALUES (?1";
    int count = 3;
    for (char character : others) count += character == ',';
    for (int index = 2; index <= count; index++) text += ", ?" + std::to_string(index);
    text += ") ON CONFLICT (" + key + ") DO UPDATE SET page = excluded.page";
    size_t start = 0;
    while (start < others.size()) {
      size_t end = others.find(',', start);
      if (end == string::npos) end = others.size();
      string name = others.substr(start, end - start);
      name.erase(0, name.find_first_not_of(' '));
      text += ", " + name + " = excluded." + name;
      start = end + 1;
    }
    return text + " RETURNING id";
  }

  void run(const char *text) { check(sqlite3_exec(database, text, nullptr, nullptr, nullptr)); }

  sqlite3_stmt *prepare(const string &text) {
    sqlite3_stmt *statement = nullptr;
    check(sqlite3_prepare_v3(database, text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    return statement;
  }

  void check(int code) {
    if (code != SQLITE_OK) fail("SQLite: %s", sqlite3_errmsg(database));
  }

  sqlite3 *database = nullptr;
  sqlite3_stmt *page, *begin, *commit;
  long long current = 0;
  bool oneCommit;
};

// ---- Licences: 浙江 公共数据平台, JSON ------------------------------------------------------------------------------------------------

struct Progress {
  long long records = 0, declared = -1, bytes = 0, pages = 0;
  int inPage = 0;
};

class Licences {
 public:
  Licences(const Settings &settings, Connection &connection, Store *store) : settings(settings), connection(connection), store(store) {}

  // One page; the answer stays in the connection.
  string &fetch(int number) {
    refresh();
    string sized = "&pageNo=" + std::to_string(number) + "&pageSize=" + std::to_string(settings.pageSize) +
                   "&from=" + connection.escape("2020-01-01 00:00:00") + "&to=" + connection.escape(beijingTime("%Y-%m-%d %H:%M:%S"));
    return connection.post(signedURL("/gateway/api/" + settings["organisation"] + "/dataSharing/businessLicence.htm", requestSecret) + sized, "",
                           "Content-Type: application/x-www-form-urlencoded");
  }

  void read(string &body, Progress &progress) {
    body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
    simdjson::dom::element answer;
    if (auto error = parser.parse(body.data(), body.size(), false).get(answer)) fail("page %lld: %s", progress.pages, simdjson::error_message(error));
    if (string_view(answer["code"]) != "00") fail("refused: %s", simdjson::minify(answer["msg"]).c_str());
    progress.declared = int64_t(answer["totalDataCount"]);
    for (simdjson::dom::object row : simdjson::dom::array(answer["datas"])) {
      columns(row);
      if (store) write();
      progress.inPage++;
    }
  }

 private:
  static constexpr int count = 20;
  static constexpr const char *names[count] = {"uniscid", "entName", "entType",  "entTypeName", "lerep",     "lerepCertNo", "dom",        "opScope",  "regCap", "regCapCur",
                                               "estDate", "opFrom",  "opTo",     "apprDate",    "issueDate", "regOrg",      "regOrgName", "regState", "state",  "updateTime"};

  static bool isDate(int column) { return (column >= 10 && column <= 14) || column == 19; }

  // The fields come in the order of the names as a rule, so each is looked for where it was last.
  void columns(simdjson::dom::object row) {
    for (auto &text : texts) text = {};
    int next = 0;
    for (auto field : row) {
      for (int tries = 0; tries < count; tries++) {
        int column = (next + tries) % count;
        if (field.key != names[column]) continue;
        next = column + 1;
        if (field.value.is_string()) texts[column] = string_view(field.value);
        else if (field.value.is_number()) texts[column] = string_view(capital, snprintf(capital, sizeof capital, "%.2f", double(field.value)));
        break;
      }
    }
    for (int column = 0; column < count; column++)
      if (isDate(column) && !isNothing(texts[column])) texts[column] = tidyDate(texts[column], dates[column]);
  }

  void write() {
    for (int column = 0; column < count; column++) store->bind(store->licence, column + 2, texts[column]);
    store->row(store->licence);
  }

  string signedURL(const string &path, const string &secret) {
    string time = std::to_string(milliseconds());
    return settings.address + path + "?appKey=" + settings["appKey"] + "&requestTime=" + time + "&sign=" + md5(settings["appKey"] + secret + time);
  }

  // The refresh secret comes for the application's secret, the request secret for the refresh secret; each is renewed before its end.
  void refresh() {
    long long now = milliseconds();
    if (now > refreshEnd - 30 * 60'000) {
      auto answer = secrets(signedURL("/gateway/app/refreshTokenByKey.htm", settings["appSecret"]));
      refreshSecret = string_view(answer["refreshSecret"]);
      refreshEnd = int64_t(answer["refreshSecretEndTime"]);
      requestEnd = 0;
    }
    if (now > requestEnd - 2 * 60'000) {
      auto answer = secrets(signedURL("/gateway/app/refreshTokenBySec.htm", refreshSecret));
      requestSecret = string_view(answer["requestSecret"]);
      requestEnd = int64_t(answer["requestSecretEndTime"]);
    }
  }

  simdjson::dom::element secrets(const string &url) {
    simdjson::dom::element answer;
    if (parser.parse(connection.post(url, "", "Content-Type: application/x-www-form-urlencoded")).get(answer)) fail("the secrets are not JSON");
    if (string_view(answer["code"]) != "00") fail("refused: %s", simdjson::minify(answer["msg"]).c_str());
    return answer["datas"];
  }

  const Settings &settings;
  Connection &connection;
  Store *store;
  simdjson::dom::parser parser;
  string refreshSecret, requestSecret;
  long long refreshEnd = 0, requestEnd = 0;
  string_view texts[count];
  char dates[count][32];
  char capital[32];
};

// ---- Deeds: 不动产登记, XML in GB18030 ----------------------------------------------------------------------------------------------

class Deeds {
 public:
  Deeds(const Settings &settings, Connection &connection, Store *store) : settings(settings), connection(connection), store(store) {}

  string &fetch(int number) {
    string from = "2020-01-01 00:00:00", to = beijingTime("%Y-%m-%d %H:%M:%S"), created = beijingTime("%Y%m%d%H%M%S");
    string page = std::to_string(number), size = std::to_string(settings.pageSize);
    string message = settings["areaCode"] + created.substr(2, 6);
    for (int index = 0; index < 6; index++) message += "0123456789abcdefghijklmnopqrstuvwxyz"[random() % 36];
    string sign = hmacSM3(settings["signKey"], message + settings["accessId"] + settings["areaCode"] + created + from + to + page + size);
    return connection.post(settings.address + "/realestate/exchange",
                           "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Message><Head><BizMsgID>" + message + "</BizMsgID><ASID>" + settings["accessId"] +
                               "</ASID><AreaCode>" + settings["areaCode"] + "</AreaCode><RecType>1000402</RecType><CreateDate>" + created +
                               "</CreateDate><DigitalSign>" + sign + "</DigitalSign></Head><Data><Query From=\"" + from + "\" To=\"" + to +
                               "\" PageNo=\"" + page + "\" PageSize=\"" + size + "\"/></Data></Message>",
                           "Content-Type: text/xml;charset=UTF-8");
  }

  // The four tables of a page are read whole and joined by the unit number.
  void read(string &body, Progress &progress) {
    houses.clear();
    holders.clear();
    rights.clear();
    acceptances.clear();
    text = nullptr;
    total.clear();
    refusal.clear();
    xmlSAXHandler handler = {};
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = start;
    handler.endElementNs = end;
    handler.characters = characters;
    xmlParserCtxtPtr context = xmlCreatePushParserCtxt(&handler, this, nullptr, 0, nullptr);
    if (!context) fail("libxml2 failed");
    xmlCtxtUseOptions(context, XML_PARSE_NONET);
    if (xmlParseChunk(context, body.data(), static_cast<int>(body.size()), 1)) fail("page %lld is not XML", progress.pages);
    xmlFreeParserCtxt(context);
    if (total.empty()) fail("refused: %s", refusal.c_str());
    progress.declared = atoll(total.c_str());
    join(progress);
  }

 private:
  // The columns read of each table.
  static constexpr const char *houseNames[] = {"BDCDYH", "ZL", "SJCS", "HH", "FWYT1", "SCJZMJ", "FTTDMJ", "FWLX", "FWXZ", "QXDM", "GXSJ"};
  static constexpr const char *holderNames[] = {"BDCDYH", "SXH", "QLRMC", "ZJZL", "ZJH", "QLRLX", "QLBL", "GYFS", "DZ", "DH"};
  static constexpr const char *rightNames[] = {"BDCDYH", "YWH", "QLLX", "DJLX", "DJYY", "JZMJ", "BDCQZH", "DJJG", "DBR", "DJSJ", "QSZT"};
  static constexpr const char *acceptanceNames[] = {"BDCDYH", "YWH", "SLRY", "SLSJ"};

  template <size_t N>
  struct Row {
    string values[N];
    const string &operator[](size_t index) const { return values[index]; }
  };
  using House = Row<11>;
  using Holder = Row<10>;
  using Right = Row<11>;
  using Acceptance = Row<4>;

  template <size_t N>
  static void fill(Row<N> &row, const char *const (&names)[N], const xmlChar **attributes, int count) {
    size_t next = 0;
    for (int index = 0; index < count; index++) {
      const char *name = reinterpret_cast<const char *>(attributes[5 * index]);
      for (size_t tries = 0; tries < N; tries++) {
        size_t column = (next + tries) % N;
        if (strcmp(name, names[column]) != 0) continue;
        row.values[column].assign(reinterpret_cast<const char *>(attributes[5 * index + 3]),
                                  static_cast<size_t>(attributes[5 * index + 4] - attributes[5 * index + 3]));
        next = column + 1;
        break;
      }
    }
  }

  static void start(void *target, const xmlChar *name, const xmlChar *, const xmlChar *, int, const xmlChar **, int count, int, const xmlChar **attributes) {
    auto *self = static_cast<Deeds *>(target);
    const char *element = reinterpret_cast<const char *>(name);
    if (!strcmp(element, "KTT_FW_H")) fill(self->houses.emplace_back(), houseNames, attributes, count);
    else if (!strcmp(element, "ZTT_GY_QLR")) fill(self->holders.emplace_back(), holderNames, attributes, count);
    else if (!strcmp(element, "QLT_FW_FDCQ_YZ")) fill(self->rights.emplace_back(), rightNames, attributes, count);
    else if (!strcmp(element, "DJT_DJ_SL")) fill(self->acceptances.emplace_back(), acceptanceNames, attributes, count);
    else if (!strcmp(element, "TotalCount")) self->text = &self->total;
    else if (!strcmp(element, "ResponseInfo")) self->text = &self->refusal;
  }
  static void end(void *target, const xmlChar *, const xmlChar *, const xmlChar *) { static_cast<Deeds *>(target)->text = nullptr; }
  static void characters(void *target, const xmlChar *bytes, int count) {
    auto *self = static_cast<Deeds *>(target);
    if (self->text) self->text->append(reinterpret_cast<const char *>(bytes), static_cast<size_t>(count));
  }

  void join(Progress &progress) {
    std::unordered_map<string_view, std::vector<const Holder *>> holdersByUnit;
    std::unordered_map<string_view, const Right *> rightByUnit;
    std::unordered_map<string_view, const Acceptance *> acceptanceByUnit;
    for (auto &holder : holders) holdersByUnit[holder[0]].push_back(&holder);
    for (auto &right : rights) rightByUnit[right[0]] = &right;
    for (auto &acceptance : acceptances) acceptanceByUnit[acceptance[0]] = &acceptance;
    for (auto &house : houses) {
      auto right = rightByUnit.find(house[0]);
      auto acceptance = acceptanceByUnit.find(house[0]);
      auto list = holdersByUnit.find(house[0]);
      if (right == rightByUnit.end() || acceptance == acceptanceByUnit.end() || list == holdersByUnit.end()) fail("a house without right or holder");
      if (store) write(house, *right->second, *acceptance->second, list->second);
      progress.inPage++;
    }
  }

  void write(const House &house, const Right &right, const Acceptance &acceptance, const std::vector<const Holder *> &list) {
    char registered[32], accepted[32], updated[32];
    auto *deed = store->deed;
    const string *values[] = {&right[6], &house[0], &house[1], &house[2], &house[3], &house[4], &house[5], &house[6], &house[7], &house[8],
                              &house[9], &right[1], &right[2], &right[3], &right[4], &right[7], &right[8]};
    int column = 2;
    for (auto *value : values) store->bind(deed, column++, *value);
    store->bindDate(deed, column++, right[9], registered);
    store->bind(deed, column++, right[10]);
    store->bindDate(deed, column++, acceptance[3], accepted);
    store->bindDate(deed, column++, house[10], updated);
    long long id = store->row(deed);
    for (auto *one : list) {
      auto *holder = store->holder;
      sqlite3_bind_int64(holder, 1, id);
      sqlite3_bind_int(holder, 2, atoi((*one)[1].c_str()));
      for (int column = 3; column <= 10; column++) store->bind(holder, column, (*one)[static_cast<size_t>(column) - 1]);
      store->step(holder);
    }
  }

  const Settings &settings;
  Connection &connection;
  Store *store;
  std::vector<House> houses;
  std::vector<Holder> holders;
  std::vector<Right> rights;
  std::vector<Acceptance> acceptances;
  string *text = nullptr;
  string total, refusal;
  std::random_device random;
};

// ---- Pull -----------------------------------------------------------------------------------------------------------------------------

template <typename Source>
static Progress pull(Source source, const Settings &settings, Store *store) {
  Progress progress;
  for (int number = 1;; number++) {
    string &body = source.fetch(number);
    progress.bytes += static_cast<long long>(body.size());
    progress.pages++;
    progress.inPage = 0;
    if (settings.stage == Stage::download) {
      // Without parsing only the size tells that the last page was reached.
      if (body.size() < 1'500) break;
      progress.records += settings.pageSize;
      continue;
    }
    if (store) store->keep(settings.operation, body);
    source.read(body, progress);
    if (store) store->endPage();
    progress.records += progress.inPage;
    if (progress.inPage < settings.pageSize || progress.records >= progress.declared) break;
  }
  if (settings.stage != Stage::download && progress.records != progress.declared)
    fail("%lld records of %lld declared", progress.records, progress.declared);
  return progress;
}

int main(int count, char **arguments) {
  Settings settings = settingsFrom(count, arguments);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  auto started = std::chrono::steady_clock::now();
  Progress progress;
  {
    Connection connection;
    Store *store = settings.stage == Stage::store ? new Store(settings) : nullptr;
    if (settings.operation == "licences") progress = pull(Licences(settings, connection, store), settings, store);
    else if (settings.operation == "deeds") progress = pull(Deeds(settings, connection, store), settings, store);
    else fail("--operation is licences or deeds");
    delete store;
  }
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("{\"records\":%lld,\"pages\":%lld,\"bytes\":%lld,\"seconds\":%.3f,\"recordsPerSecond\":%.0f,\"peakKiB\":%ld}\n", progress.records,
         progress.pages, progress.bytes, seconds, static_cast<double>(progress.records) / seconds, usage.ru_maxrss);
  curl_global_cleanup();
}
