// What must not leave: names and numbers by which a person, a company or an account can be told.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fin::review {

enum class Secret { email, phone, card, iban, bank_account, tax_number, bank_code, person };

struct Found {
    std::size_t begin = 0, end = 0;  // bytes
    Secret kind = Secret::email;
};

// What in a UTF-8 text tells somebody, left to right, without overlaps:
//   email         name@host
//   phone         + and 8 to 15 digits with the usual signs between; Russian 8 (xxx) xxx-xx-xx; American (xxx) xxx-xxxx
//   card          13 to 19 digits, grouped or not, by Luhn's check
//   iban          two letters, two digits, 11 to 30 more, by mod 97 (ISO 13616)
//   bank_account  20 digits (Russian accounts)
//   tax_number    INN: 10 or 12 digits by their check digits
//   bank_code     BIC: 04 and seven digits; SWIFT: 8 or 11 capitals in the form of ISO 9362 beside the word BIC or
//   SWIFT person        Russian full names by their patronymic or initials; names after a title (Mr, Mrs, Ms, Dr, ИП)
// Names without such a mark cannot be told from other words and are not found.
std::vector<Found> find_secrets(std::string_view text);

// A category's name made of words of bookkeeping alone (ledger/kind_words.hpp), at most six: it may leave as it stands.
// Another one may be somebody's name, or an order to the model.
bool is_plain_category(std::string_view text);

// Replaces names by tokens that are the same whenever the workspace names the same thing, and nobody else's.
class Concealer {
public:
    explicit Concealer(std::string_view workspace_key) : key_(workspace_key) {}

    // The whole text becomes one token, "{{n:kqwertyu}}"; equal texts but for case and spaces share it. Empty: empty.
    std::string name(std::string_view text);
    // A free text: secrets become tokens, and so do names this concealer has met; clipped to `most` code points,
    // without control, format (zero width, bidi) and private characters and braces.
    std::string free_text(std::string_view text, std::size_t most = 80);

    // A category's name: as it stands where it is made of words of bookkeeping alone (ledger/kind_words.hpp), at most
    // six; else a token, since a name may be an order to the model as well.
    std::string category(std::string_view text);

    // token -> the first text it stood for
    const std::map<std::string, std::string>& names() const { return names_; }

private:
    std::string token(std::string_view text);
    std::string key_;
    std::map<std::string, std::string> names_;    // by token
    std::map<std::string, std::string> written_;  // folded name -> token
};

// Without control, format and private characters; line ends become spaces; at most `most` code points, "…" where cut.
std::string clean(std::string_view text, std::size_t most);

}  // namespace fin::review
