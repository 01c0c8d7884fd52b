#include "ledger/kind_words.hpp"

namespace fin::ledger {

namespace {

using enum Kind;
using enum Weight;

constexpr KindWords words[] = {
    // Which side of the books.
    {revenue, revenue, context, "income, revenue, inflow, earnings, доход*, выручк*, поступлени*, приход"},
    {opex, opex, context, "expense, expenditure, cost, spending, spend, outgoing, расход*, затрат*, издержк*"},

    // Revenue.
    {revenue, revenue, strong,
     "sales revenue, revenue from sales, service revenue, services revenue, product sales, sales income, "
     "customer payment, client payment, payment from customer, payment from client, invoice paid, paid invoice, "
     "grant received, grants received, donation received, donations received, contributions received, "
     "rental income, rent received, royalty income, interest income, interest received, bank interest received, "
     "subscription revenue, subscription income, subscriptions received, membership dues, membership fees received, "
     "оплата от покупател*, оплата от клиент*, оплата от заказчик*, поступлени* от покупател*, "
     "поступлени* от клиент*, поступлени* от заказчик*, выручк* от продаж*, доход* от реализаци*, "
     "реализаци* товар*, реализаци* услуг*, реализаци* продукци*, процент* полученн*, процент* к получению, "
     "полученн* процент*, процентн* доход*, торгов* выручк*, доход* от аренд*"},
    {revenue, opex, ordinary,
     "donation, grant, fundraising, sponsorship, royalty, invoice, subscription, membership, commission, "
     "license, licence, rent, rental, ticket, tuition, consulting, service, cashback, "
     "пожертвован*, грант*, субсиди*, спонсорск*, роялти, подписк*, абонентск*, аренд*, "
     "комиссионн* вознаграждени*, вознаграждени*, кэшбэк, членск* взнос*, услуг*"},
    {revenue, interest, strong, "interest, bank interest, процент*"},

    {revenue, revenue, strong, "sale, turnover, продаж*, реализаци*, выручк*"},

    // Cost of goods sold.
    {cogs, cogs, strong,
     "cogs, cost of goods, cost of goods sold, cost of sales, cost of revenue, direct cost, direct material, "
     "direct labor, direct labour, raw material, inventory purchase, purchase of inventory, goods for resale, "
     "purchases for resale, merchandise purchase, merchandise for resale, production material, packaging material, "
     "себестоимост*, закупк* товар*, товар* для перепродаж*, покупн* товар*, закупк* сырь*, сырь* и материал*, "
     "прям* затрат*, оплат* поставщик* за товар*, покупк* товар*, материал* для производств*"},
    {cogs, cogs, ordinary, "inventory, wholesale, сырь*"},
    // Alone or beside a word that says no more; what else the name says is stronger: "office materials", "card
    // purchase".
    {cogs, cogs, weak, "materials, purchases, материал*, закупк*, закупок"},

    // Payroll.
    {payroll, payroll, strong,
     "payroll, salary, wage, payslip, bonus to staff, staff bonus, employee bonus, staff salary, overtime, severance, "
     "vacation pay, holiday pay, sick pay, compensation of employees, officer compensation, employee compensation, "
     "employee benefit, staff cost, personnel cost, net pay, stipend, zenpayroll, gusto payroll, "
     "премия, премии, премий, материальн* помощ*, премия, премии, премий, материальн* помощ*, зарплат*, заработн* "
     "плат*, оплат* труда, фот, фонд оплат* труда, "
     "преми* сотрудник*, премирован*, отпускн*, "
     "аванс сотрудник*, аванс по зарплат*, окладн*, больничн*, выплат* сотрудник*, оклад*, расчет* с персонал*, "
     "выходн* пособи*"},
    {payroll, payroll, weak, "staff, employee, personnel, team, сотрудник*, персонал*, работник*"},

    // Taxes and what is owed to the state.
    {tax, tax, strong,
     "tax, taxes, income tax, corporation tax, corporate tax, corporate income tax, payroll tax, sales tax, "
     "property tax, withholding tax, tax payment, tax refund, tax expense, vat, vat payment, gst, paye, hmrc, irs, "
     "franchise tax, customs duty, excise, excise duty, national insurance, social security, social contribution, "
     "social insurance, social tax, social charge, pension contribution, council tax, business rates, business rate, "
     "state tax, federal tax, us treasury, finanzamt, "
     "налог*, ндс, ндфл, усн, енвд, есн, енп, фнс, ифнс, мифнс, уфк, пфр, фсс, ффомс, страхов* взнос*, "
     "пенсионн* взнос*, социальн* взнос*, взнос* в пфр, взнос* в фсс, взнос* в фомс, налог* на прибыл*, "
     "налог* на доход*, налог* с продаж*, налог* на имуществ*, возврат* налог*, возврат* ндс, госпошлин*, "
     "государственн* пошлин*, пошлин*, акциз*, патент, взнос* на травматизм, единый налогов* платеж, "
     "единый социальн* налог, федеральн* налогов* служб*, налогов* инспекци*, фонд социальн* страхован*"},

    // Interest on what is borrowed.
    {interest, interest, strong,
     "interest expense, interest paid, loan interest, interest on loan, interest on debt, mortgage interest, "
     "overdraft interest, credit interest, interest charge, "
     "процент* по кредит*, процент* по займ*, процент* по овердрафт*, уплат* процент*, процент* уплаченн*, "
     "процент* к уплате, уплаченн* процент*, процентн* расход*"},

    // Loans: the principal, in or out.
    {debt, debt, strong,
     "loan, loan principal, principal repayment, loan repayment, loan proceeds, repayment of loan, debt repayment, "
     "debt, borrowing, mortgage, mortgage payment, credit line, line of credit, bank loan, term loan, sba loan, ppp "
     "loan, "
     "overdraft, loan emi, emi payment, monthly emi, note payable, notes payable, "
     "кредит, кредита, кредиты, кредитов, кредиту, займ*, заем, заемн*, погашени* кредит*, погашени* займ*, "
     "возврат* займ*, возврат* кредит*, получени* кредит*, получени* займ*, основн* долг*, ипотек*, овердрафт*, "
     "кредитн* лини*"},

    // Owners.
    {equity, equity, strong,
     "dividend, owner draw, owners draw, owner s draw, owner contribution, owner s contribution, owner investment, "
     "owner s equity, owner equity, equity, capital contribution, paid in capital, share capital, share issue, "
     "capital injection, shareholder contribution, shareholder distribution, partner distribution, "
     "distribution to owner, owner distribution, seed round, investment round, equity financing, venture capital, "
     "drawing, "
     "дивиденд*, уставн* капитал*, вклад* учредител*, взнос* учредител*, вклад* в уставн* капитал*, "
     "взнос* в уставн* капитал*, добавочн* капитал*, изъяти* собственник*, вывод прибыл*, вложени* собственник*, "
     "средств* учредител*, инвестици* учредител*, распределени* прибыл*, личн* средств* собственник*"},

    // Between own accounts.
    {transfer, transfer, strong,
     "transfer, transfers, internal transfer, bank transfer, own transfer, transfer between accounts, account "
     "transfer, "
     "between own accounts, own account, currency conversion, currency exchange, fx conversion, foreign exchange, "
     "payout, "
     "top up, topup, cash withdrawal, atm withdrawal, atm, cash deposit, credit card payment, card repayment, "
     "sweep, savings transfer, checking account, savings account, assets checking, assets savings, assets bank, "
     "assets cash, liabilities credit card, transfer to savings, suspense, clearing account, undeposited funds, "
     "перевод между счетами, перевод* между собственн*, между своими счетами, перевод* собственн* средств*, "
     "перемещени* денежн* средств*, внутренн* перевод*, перевод* на свой счет, собственн* счет*, конвертаци*, "
     "конверси* валют*, покупк* валют*, продаж* валют*, обмен валют*, пополнени* счет*, пополнени*, "
     "выдач* наличн*, снят* наличн*, внесени* наличн*, инкассаци*, депозит*, погашени* карт*"},
    {transfer, transfer, ordinary, "переводы, перевод"},

    // Things that last.
    {capex, capex, strong,
     "capex, capital expenditure, capital expense, capital cost, capital purchase, fixed asset, equipment purchase, "
     "purchase of equipment, office equipment, computer equipment, it equipment, machinery, vehicle purchase, purchase "
     "of vehicle, "
     "building improvement, leasehold improvement, construction in progress, property purchase, "
     "captialisation, capitalisation, capitalization, capital works, "
     "капитальн* вложени*, капитальн* затрат*, капитальн* расход*, капзатрат*, основн* средств*, "
     "покупк* оборудовани*, приобретени* оборудовани*, приобретени* основн* средств*, нематериальн* актив*, "
     "капитальн* строительств*, станк*, станок"},

    {capex, capex, weak, "equipment, оборудовани*"},

    // Money given back to customers; what suppliers give back lowers expenses.
    {opex, refund, strong,
     "refund, customer refund, refund to customer, refunds and returns, sales return, returns and allowances, "
     "chargeback, returned sale, return to customer, reversal of sale, "
     "возврат*, рекламаци*, возврат* покупател*, возврат* клиент*, возврат* товар*, возврат* средств*, возврат* "
     "оплат*"},

    // Operating expenses.
    {opex, opex, ordinary,
     "advertising, ad, ads, marketing, promotion, public relation, software, saas, hosting, domain, cloud, office, "
     "office rent, office supply, supply, supplies, stationery, utility, utilities, electricity, water, gas, heating, "
     "internet, "
     "telephone, phone, mobile, telecom, communication, postage, shipping, courier, freight, delivery, insurance, "
     "legal, accounting, bookkeeping, audit, professional fee, professional service, consultancy, contractor, "
     "contracting, contract labor, subcontractor, freelancer, agency, recruitment, recruiting, training, education, "
     "conference, travel, transportation, transport, taxi, taxis, flight, airfare, hotel, accommodation, lodging, "
     "meal, "
     "food, entertainment, catering, parking, fuel, mileage, repair, maintenance, cleaning, security, waste, "
     "hospitality, photography, publication, periodical, fare, facilities, hardware, uniform, "
     "printing, book, research, bank fee, bank charge, bank service charge, merchant fee, processing fee, "
     "payment processing fee, transaction fee, card fee, stripe fee, paypal fee, fee, fees and charges, late fee, "
     "penalty, "
     "fine, depreciation, miscellaneous, sundry, "
     "equipment rental, equipment hire, equipment lease, equipment maintenance, equipment repair, "
     "hire, lease, leasing, office equipment rental, grants to, grants paid, grant to, donations paid, donations made, "
     "charitable contribution, charitable donation, consulting fee, services received, purchase of services, "
     "sales commission, commission paid, sales and marketing, sales marketing, marketing and sales, marketing sales, "
     "tax advice, tax advisory, "
     "tax preparation, tax consulting, tax consultant, tax software, payroll service, payroll fee, payroll software, "
     "loan fee, interest rate hedge fee, refund fee, transfer fee, wire fee, wire transfer fee, bank transfer fee, atm "
     "fee, "
     "foreign exchange fee, conversion fee, payout fee, team building, team meal, staff meal, staff training, "
     "staff travel, employee training, employee travel, staff welfare, team lunch, equity research, "
     "vehicle fuel, vehicle lease, vehicle maintenance, credit check, capital allowance, "
     "реклам*, маркетинг*, продвижени*, хостинг*, домен*, программн* обеспечени*, софт, лицензи*, офис*, "
     "канцеляр*, канцтовар*, коммунальн*, электроэнерги*, электричеств*, водоснабжени*, отоплени*, интернет*, "
     "связь, связи, телефон*, почт*, доставк*, логистик*, транспортн*, перевозк*, такси, командировк*, "
     "командировочн*, проезд*, авиабилет*, билет*, гостиниц*, проживани*, питани*, представительск*, страховани*, "
     "страховк*, юридическ*, бухгалтерск* услуг*, бухгалтерск*, аудит*, консультаци*, консалтинг*, подрядчик*, "
     "субподряд*, фриланс*, обучени*, подбор персонал*, обучени* персонал*, обучени* сотрудник*, ремонт*, "
     "обслуживани* оборудовани*, ремонт* оборудовани*, аренд* оборудовани*, лизинг*, техобслуживани*, уборк*, "
     "клининг*, охран*, безопасност*, топливо, гсм, бензин*, печать, полиграфи*, "
     "банковск* комисси*, комисси* банк*, комисси* за перевод*, комисси*, расчетно кассов*, рко, эквайринг*, "
     "услуг* банк*, обслуживани* счет*, ведени* счет*, штраф*, пени, неустойк*, благотворительн*, "
     "хозяйственн*, хозтовар*, расходн* материал*, накладн* расход*, аренд* офис*, аренд* помещени*, "
     "налогов* консультаци*, консультаци* по налог*, оплат* поставщик*, услуг* связи, прочие расход*"},
    {opex, opex, weak, "bank, operating, administration, administrative, general, overhead, банк*"},
};

}  // namespace

std::span<const KindWords> kind_words() { return words; }

bool names_a_counterparty(Kind kind) {
    switch (kind) {
        case Kind::tax:
        case Kind::payroll:
        case Kind::interest:
        case Kind::debt:
        case Kind::transfer: return true;
        default: return false;
    }
}

}  // namespace fin::ledger
