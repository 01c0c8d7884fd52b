#include "importer/bank/format.hpp"

#include <algorithm>

#include "error.hpp"
#include "importer/encoding.hpp"
#include "importer/unicode.hpp"

namespace fin::importer::bank {

namespace {

constexpr std::size_t head_bytes = 1 << 14;

// The beginning as plain letters, whatever the encoding: UTF-16 loses its zero bytes.
std::string head_of(std::string_view content) {
    std::string head(content.substr(0, head_bytes));
    if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF")) {
        head.erase(0, 2);
        head.erase(std::remove(head.begin(), head.end(), '\0'), head.end());
    }
    if (head.starts_with("\xEF\xBB\xBF")) head.erase(0, 3);
    return std::string(trimmed(head));
}

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return result;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// "1252" of CHARSET:1252, "utf-8" of encoding="utf-8"; empty where it is not declared.
std::string declared(std::string_view head, std::string_view key, std::string_view ends) {
    const std::size_t at = upper(head).find(key);
    if (at == std::string::npos) return {};
    std::string_view rest = head.substr(at + key.size());
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '"' || rest.front() == '\'')) rest.remove_prefix(1);
    std::string name(rest.substr(0, std::min<std::size_t>(rest.find_first_of(ends), 40)));
    // It goes into messages, and the bytes around it are not known to be text yet.
    for (char& c : name) c = c > 0x20 && c < 0x7F ? c : '?';
    return name;
}

std::string in_code_page(std::string_view name) {
    std::string known = upper(name);
    // Headers written in one line: "CHARSET:1252COMPRESSION:NONE".
    if (known.starts_with("125") && known.size() > 4) known.resize(4);
    if (known == "1250" || known == "1251" || known == "1252" || known == "1253" || known == "1254" || known == "1257")
        return "windows-" + known;
    if (known == "8859-1" || known == "ISO-8859-1") return "ISO-8859-1";
    return {};
}

[[noreturn]] void refuse_encoding(const std::string& name) {
    throw Error(ErrorCode::bad_data, "the file declares the unknown encoding \"" + clipped(cleaned(name)) + "\"", {},
                "Name the right one in option encoding, for example windows-1252.");
}

std::string of_xml(std::string_view content, std::string_view head) {
    if (content.starts_with("\xFF\xFE")) return "UTF-16LE";
    if (content.starts_with("\xFE\xFF")) return "UTF-16BE";
    const std::string_view declaration = head.substr(0, std::min(head.find("?>"), head.size()));
    const std::string name = head.starts_with("<?xml") ? declared(declaration, "ENCODING=", "\"' ?>") : std::string();
    if (name.empty()) return "UTF-8";
    try {
        const std::string known = known_encoding(name);
        // Declared as 16 bits, written as 8: the declaration could not have been read otherwise.
        return known.starts_with("UTF-16") || known.starts_with("UTF-32") ? "UTF-8" : known;
    } catch (const Error&) {
        refuse_encoding(name);
    }
}

std::string of_ofx(std::string_view content, std::string_view head, const InterruptCheck& check) {
    if (head.starts_with("<?")) return of_xml(content, head);
    const std::string_view header = head.substr(0, std::min(head.find('<'), head.size()));
    for (const char* key : {"OFXHEADER:", "CHARSET:", "ENCODING:", "VERSION:"}) {
        const std::string all = upper(header);
        const std::size_t first = all.find(key);
        if (first != std::string::npos && all.find(key, first + 1) != std::string::npos)
            throw Error(ErrorCode::bad_data, std::string("the header says ") + key + " twice", {},
                        "The file is damaged: fetch it again.");
    }
    // Many banks declare 1252 and write UTF-8: what is valid UTF-8 is no accident.
    if (first_invalid_utf8(content, check) == std::string_view::npos) return "UTF-8";
    const std::string set = declared(header, "CHARSET:", " \r\n\t");
    if (set.empty() || upper(set) == "NONE") return detect_encoding(content, check);
    if (std::string page = in_code_page(set); !page.empty()) return page;
    try {
        return known_encoding(set);
    } catch (const Error&) {
        refuse_encoding(set);
    }
}

std::string of_client_bank(std::string_view content, std::string_view head, const InterruptCheck& check) {
    // "Кодировка" in the two encodings the format knows.
    if (first_invalid_utf8(content, check) == std::string_view::npos) return "UTF-8";
    if (contains(head, "\xCA\xEE\xE4\xE8\xF0\xEE\xE2\xEA\xE0=")) return "windows-1251";
    if (contains(head, "\x8A\xAE\xA4\xA8\xE0\xAE\xA2\xAA\xA0=")) return "IBM866";
    return detect_encoding(content, check);
}

}  // namespace

std::optional<Format> recognised(std::string_view content) {
    const std::string head = head_of(content);
    if (head.starts_with("1CClientBankExchange")) return Format::client_bank;
    const std::string begin = upper(head.substr(0, 64));
    if (begin.starts_with("OFXHEADER") || begin.starts_with("<OFX>") || begin.starts_with("<?OFX")) return Format::ofx;
    for (const char* word : {"!TYPE:", "!ACCOUNT", "!OPTION:", "!CLEAR:"})
        if (begin.starts_with(word)) return Format::qif;
    if (head.starts_with("{1:F") || head.starts_with(":20:")) return Format::mt940;
    // Below lines of the bank's own; one of a table's texts may begin so, but not three.
    const bool below = contains(head, "\n:20:") || contains(head, "\r:20:");
    if (below && contains(head, ":25:") && contains(head, ":60")) return Format::mt940;
    if (head.starts_with("\x01") && contains(head.substr(0, 8), "{1:F")) return Format::mt940;
    if (!head.starts_with("<")) return std::nullopt;
    if (head.starts_with("<?xml") && (contains(head, "<OFX>") || contains(head, "<OFX ") || contains(head, "<?OFX")))
        return Format::ofx;
    for (const char* word :
         {"BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn", "camt.052.", "camt.053.", "camt.054."})
        if (contains(head, word)) return Format::camt;
    return std::nullopt;
}

std::string_view name_of(Format format) {
    switch (format) {
        case Format::ofx: return "ofx";
        case Format::qif: return "qif";
        case Format::mt940: return "mt940";
        case Format::camt: return "camt053";
        case Format::client_bank: break;
    }
    return "1c";
}

Format format_of(std::string_view name) {
    for (const Format format : {Format::ofx, Format::qif, Format::mt940, Format::camt})
        if (name_of(format) == name) return format;
    return Format::client_bank;
}

std::string_view called(Format format) {
    switch (format) {
        case Format::ofx: return "an OFX statement";
        case Format::qif: return "a QIF file";
        case Format::mt940: return "an MT940 statement";
        case Format::camt: return "a camt statement";
        case Format::client_bank: break;
    }
    return "a 1C client bank exchange text";
}

std::vector<Column> columns_of(Format format) {
    switch (format) {
        case Format::ofx:
            return {{"DTPOSTED", Role::date, {}, {}},     {"TRNAMT", Role::amount, {}, {}},
                    {"NAME", Role::counterparty, {}, {}}, {"MEMO", Role::description, {}, {}},
                    {"TRNTYPE", Role::category, {}, {}},  {"ACCTID", Role::account, {}, {}},
                    {"CURDEF", Role::currency, {}, {}},   {"FITID", Role::none, {}, {}}};
        case Format::qif:
            return {{"D", Role::date, {}, {}},         {"T", Role::amount, {}, {}},
                    {"P", Role::counterparty, {}, {}}, {"M", Role::description, {}, {}},
                    {"L", Role::category, {}, {}},     {"!Account N", Role::account, {}, {}}};
        case Format::mt940:
            return {{":61: date", Role::date, {}, {}},         {":61: amount", Role::amount, ',', {}},
                    {":86: name", Role::counterparty, {}, {}}, {":86:", Role::description, {}, {}},
                    {":61: type", Role::category, {}, {}},     {":25:", Role::account, {}, {}},
                    {":60F: currency", Role::currency, {}, {}}};
        case Format::camt:
            return {{"BookgDt", Role::date, {}, {}},
                    {"Amt", Role::amount, '.', {}},
                    {"RltdPties", Role::counterparty, {}, {}},
                    {"RmtInf", Role::description, {}, {}},
                    {"BkTxCd", Role::category, {}, {}},
                    {"Acct/Id", Role::account, {}, {}},
                    {"Amt/@Ccy", Role::currency, {}, {}},
                    {"CdtDbtInd", Role::type, {}, {}},
                    {"Sts", Role::status, {}, {}}};
        case Format::client_bank: break;
    }
    return {{"ДатаСписано, ДатаПоступило", Role::date, {}, {}},
            {"Сумма", Role::amount, '.', {}},
            {"Плательщик1, Получатель1", Role::counterparty, {}, {}},
            {"НазначениеПлатежа", Role::description, {}, {}},
            {"РасчСчет", Role::account, {}, {}},
            {"ПлательщикСчет", Role::none, {}, {}},
            {"ПолучательСчет", Role::none, {}, {}}};
}

void refuse_options(Format format, const Options& options) {
    const auto refuse = [&](const std::string& option, const std::string& belongs) {
        throw Error(ErrorCode::invalid_argument, "option " + option + " is for " + belongs,
                    "The file is " + std::string(called(format)) + ".", "Leave option " + option + " out.");
    };
    const Options::Columns& c = options.columns;
    const std::string* const named[] = {&c.date,     &c.amount,       &c.debit,       &c.credit,
                                        &c.category, &c.counterparty, &c.description, &c.account,
                                        &c.currency, &c.balance,      &c.status};
    const bool columns =
        std::any_of(std::begin(named), std::end(named), [](const std::string* name) { return !name->empty(); });
    if (columns) refuse("columns", "delimited tables and workbooks");
    if (options.delimiter) refuse("delimiter", "delimited tables");
    if (options.header_row) refuse("header_row", "delimited tables and workbooks");
    if (options.sheet) refuse("sheet", "workbooks");
    const bool open_marks = format == Format::ofx || format == Format::qif;
    if (options.decimal && !open_marks) refuse("decimal", "formats that leave the decimal mark open");
    if (options.date_format && format != Format::qif) refuse("date_format", "formats that leave dates open");
    if (options.sign && (!open_marks || *options.sign == "expenses"))
        refuse("sign",
               open_marks ? "lists of payments where it says \"expenses\"" : "files whose amounts carry a sign");
}

std::string encoding_of(Format format, std::string_view content, const Options& options, const InterruptCheck& check) {
    const std::string head = head_of(content);
    std::string encoding;
    if (options.encoding) {
        encoding = known_encoding(*options.encoding);
    } else {
        switch (format) {
            case Format::ofx: encoding = of_ofx(content, head, check); break;
            case Format::camt: encoding = of_xml(content, head); break;
            case Format::client_bank: encoding = of_client_bank(content, head, check); break;
            case Format::qif:
            case Format::mt940: encoding = detect_encoding(content, check); break;
        }
    }
    if (encoding == "UTF-8") {
        if (const std::size_t at = first_invalid_utf8(content, check); at != std::string_view::npos)
            throw Error(ErrorCode::bad_data, "the file is not valid UTF-8",
                        "Byte " + std::to_string(at + 1) + " fits no UTF-8 character.",
                        "Name the right encoding in option encoding, for example windows-1252.");
    }
    if (!encoding.starts_with("UTF-16") && !encoding.starts_with("UTF-32") &&
        content.find('\0') != std::string_view::npos)
        throw Error(ErrorCode::bad_data, "the file is binary, not text", "It contains zero bytes.",
                    "The file is damaged: fetch it again.");
    return encoding;
}

}  // namespace fin::importer::bank
