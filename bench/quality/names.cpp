// Names of parties and categories, English and Russian.
#include <array>

#include "plan.hpp"

namespace fin::quality {

namespace {

const std::vector<std::string> stems = {
    "Alder",   "Birch",   "Cobalt",   "Dorset", "Ember",    "Falcon",   "Granite", "Harbor",    "Indigo", "Juniper",
    "Kestrel", "Lantern", "Meridian", "Nimbus", "Orchard",  "Pioneer",  "Quarry",  "Redwood",   "Summit", "Tidewater",
    "Umber",   "Vantage", "Willow",   "Yarrow", "Zenith",   "Bluebell", "Copper",  "Driftwood", "Elm",    "Foxglove",
    "Glacier", "Heather", "Ivory",    "Jasper", "Keystone", "Larkspur", "Maple",   "Northgate", "Opal",   "Prairie"};
const std::vector<std::string> tails = {"Supplies",  "Trading",  "Partners", "Works", "Systems",
                                        "Solutions", "Brothers", "Studio",   "Labs",  "Imports",
                                        "Direct",    "Media",    "Tools",    "Foods", "Textiles"};
const std::vector<std::string> stems_ru = {
    "Альфа",  "Берёза", "Вектор", "Гранит", "Дельта",  "Енисей",   "Заря",    "Импульс", "Кедр",   "Лидер",
    "Маяк",   "Норма",  "Орион",  "Парус",  "Рассвет", "Сокол",    "Техно",   "Урал",    "Феникс", "Центр",
    "Эталон", "Юпитер", "Янтарь", "Байкал", "Волга",   "Горизонт", "Дубрава", "Звезда",  "Искра",  "Каскад"};
const std::vector<std::string> tails_ru = {"Плюс",   "Сервис", "Трейд", "Снаб",     "Групп",  "Маркет",
                                           "Инвест", "Пром",   "Строй", "Логистик", "Проект", "Комплект"};
const std::vector<std::string> given_names = {"Anna",  "Ben",  "Clara", "David", "Eva",  "Felix", "Grace", "Henry",
                                              "Irene", "Jack", "Karen", "Liam",  "Mona", "Noah",  "Olive", "Peter"};
const std::vector<std::string> surnames = {"Abbott", "Baker", "Carter",  "Dalton", "Evans",  "Fisher",
                                           "Graham", "Hobbs", "Irving",  "Jensen", "Keller", "Lowe",
                                           "Mason",  "Nolan", "Osborne", "Price"};
const std::vector<std::string> given_ru = {"Анна", "Борис", "Вера",  "Глеб",   "Дарья", "Егор",  "Жанна", "Иван",
                                           "Кира", "Лев",   "Мария", "Никита", "Ольга", "Павел", "Рита",  "Семён"};
const std::vector<std::string> surnames_ru = {"Абрамян",  "Беленко", "Волчек", "Гордиенко", "Дубих", "Живаго",
                                              "Зорченко", "Кравчук", "Лесных", "Мельник",   "Носик", "Петренко"};

struct Words {
    const char *key, *english, *russian;
};
constexpr std::array words = {
    Words{"sales", "Sales revenue", "Выручка от продаж"},
    Words{"services", "Service revenue", "Реализация услуг"},
    Words{"subscriptions", "Subscription revenue", "Доход от подписки"},
    Words{"donations", "Donations received", "Пожертвования"},
    Words{"goods", "Cost of goods sold", "Закупка товара"},
    Words{"materials", "Raw materials", "Сырьё и материалы"},
    Words{"hosting", "Cloud hosting", "Хостинг"},
    Words{"subcontract", "Subcontractors", "Услуги подрядчиков"},
    Words{"salaries", "Salaries", "Заработная плата"},
    Words{"social", "Social security contributions", "Страховые взносы"},
    Words{"vat", "VAT payment", "НДС"},
    Words{"profit_tax", "Corporation tax", "Налог на прибыль"},
    Words{"rent", "Office rent", "Аренда офиса"},
    Words{"software", "Software", "Программное обеспечение"},
    Words{"utilities", "Utilities", "Коммунальные услуги"},
    Words{"telecom", "Telephone and internet", "Связь и интернет"},
    Words{"insurance", "Insurance", "Страхование"},
    Words{"marketing", "Marketing", "Реклама"},
    Words{"travel", "Travel", "Командировки"},
    Words{"office", "Office supplies", "Канцтовары"},
    Words{"bank", "Bank fees", "Банковские комиссии"},
    Words{"accounting", "Accounting", "Бухгалтерские услуги"},
    Words{"delivery", "Courier and delivery", "Доставка"},
    Words{"repairs", "Repairs and maintenance", "Ремонт и обслуживание"},
    Words{"cleaning", "Cleaning", "Уборка"},
    Words{"training", "Training", "Обучение"},
    Words{"legal", "Legal fees", "Юридические услуги"},
    Words{"equipment", "Office equipment", "Покупка оборудования"},
    Words{"interest", "Loan interest", "Проценты по кредиту"},
    Words{"loan", "Loan repayment", "Погашение кредита"},
    Words{"transfer", "Internal transfer", "Перевод между своими счетами"},
    Words{"dividends", "Dividends", "Дивиденды"},
};

}  // namespace

std::string category_named(const std::string& key, bool russian) {
    for (const auto& word : words)
        if (key == word.key) return russian ? word.russian : word.english;
    return key;
}

std::string Names::party() {
    for (;;) {
        const std::string name = chance_.one_of(russian_ ? stems_ru : stems) + (russian_ ? "" : " ") +
                                 (russian_ ? std::string("-") : std::string()) +
                                 chance_.one_of(russian_ ? tails_ru : tails);
        if (given_[name]++ == 0) return russian_ ? "ООО " + name : name;
    }
}

std::string Names::person() {
    for (;;) {
        const std::string name =
            chance_.one_of(russian_ ? surnames_ru : surnames) + " " + chance_.one_of(russian_ ? given_ru : given_names);
        if (given_[name]++ == 0) return name;
    }
}

}  // namespace fin::quality
