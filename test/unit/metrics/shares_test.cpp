// Costs, concentration, tickets and payers by hand.
#include "small_ledger.hpp"

using namespace fin::metrics;
using namespace fin::metrics::test;
using fin::ledger::Kind;

namespace {

Entry sale(unsigned month, unsigned day, double amount, const char* payer) {
    return {on(2024, month, day), amount, Kind::revenue, "sales", payer};
}
Entry cost(unsigned month, unsigned day, double amount, Kind kind, const char* category, const char* supplier) {
    return {on(2024, month, day), -amount, kind, category, supplier};
}

// Revenue: Ann 500, Bob 300, Cid 200. Expenses: wages 300 (Staff), rent 200 (House), goods 100 (Mill).
std::vector<Entry> entries() {
    return {sale(1, 5, 500, "Ann"),
            sale(1, 9, 100, "Bob"),
            sale(1, 12, 200, "Bob"),
            sale(1, 20, 200, "Cid"),
            cost(1, 15, 100, Kind::cogs, "goods", "Mill"),
            cost(1, 20, 200, Kind::opex, "rent", "House"),
            cost(1, 31, 300, Kind::payroll, "wages", "Staff")};
}

}  // namespace

TEST(Costs, RatiosAndSharesByCategory) {
    const auto metrics = books(entries()).metrics();
    expect(get(metrics, "expense_ratio", "all", "rent"), 0.2);
    expect(get(metrics, "category_share", "all", "rent"), 1.0 / 3);
    expect(get(metrics, "category_share", "all", "wages"), 0.5);
    expect(get(metrics, "category_share", "T12", "goods"), 1.0 / 6, Status::estimated);  // one month of twelve
    expect(get(metrics, "payroll_ratio", "2024-01"), 0.3);
    expect(get(metrics, "fixed_cost_ratio", "all"), Status::insufficient_data);
    // The largest category comes first.
    EXPECT_EQ(input(get(metrics, "category_share", "all"), "category").text, "wages");
}

TEST(Costs, WithoutRevenueTheRatioIsUndefinedAndTheShareIsNot) {
    auto rows = entries();
    std::erase_if(rows, [](const Entry& entry) { return entry.kind == Kind::revenue; });
    const auto metrics = books(rows).metrics();
    expect(get(metrics, "expense_ratio", "all", "rent"), Status::undefined);
    expect(get(metrics, "category_share", "all", "rent"), 1.0 / 3);
}

TEST(Costs, WithoutExpensesThereIsNoCategory) {
    const auto metrics = books({sale(1, 31, 5, "Ann")}).metrics();
    expect(get(metrics, "category_share", "all"), Status::not_applicable);
}

// 0.5^2 + 0.3^2 + 0.2^2 = 0.38; (1/2)^2 + (1/3)^2 + (1/6)^2 = 14/36.
TEST(Concentration, OfPayersAndSuppliers) {
    const auto metrics = books(entries()).metrics();
    expect(get(metrics, "revenue_hhi", "all"), 3800);
    EXPECT_EQ(input(get(metrics, "revenue_hhi", "all"), "largest").text, "Ann");
    expect(get(metrics, "vendor_hhi", "all"), 1e4 * 14 / 36);
    expect(get(metrics, "top1_share", "all"), 0.5);
    expect(get(metrics, "top3_share", "all"), 1);
    expect(get(metrics, "top5_share", "all"), 1);  // of three payers
}

TEST(Concentration, OnePayerIsAllThereIs) {
    const auto metrics = books({sale(1, 31, 70, "Ann")}).metrics();
    expect(get(metrics, "revenue_hhi", "all"), 1e4);
    expect(get(metrics, "top1_share", "all"), 1);
    expect(get(metrics, "vendor_hhi", "all"), Status::undefined);
}

// The nameless 1000 count as one payer of half the revenue.
TEST(Concentration, TheNamelessAreOneBucketAndFlagged) {
    auto rows = entries();
    rows.push_back(sale(1, 21, 600, ""));
    rows.push_back(sale(1, 22, 400, ""));
    const auto share = get(books(rows).metrics(), "top1_share", "all");
    expect(share, 0.5, Status::estimated);
    EXPECT_EQ(share.reason, "rows without a payer count as one payer");
    EXPECT_EQ(input(share, "largest").text, "unknown");
    EXPECT_EQ(input(share, "unknown").value, 1000);
}

// Dan got 100 back and paid nothing: R = 900, Ann 500 / 900.
TEST(Concentration, PayersWithANegativeBalanceAreLeftOutAndSaid) {
    auto rows = entries();
    rows.push_back({on(2024, 1, 25), -100, Kind::refund, "sales", "Dan"});
    const auto metrics = books(rows).metrics();
    expect(get(metrics, "top1_share", "all"), 500.0 / 900, Status::estimated);
    expect(get(metrics, "top5_share", "all"), 1, Status::estimated);
    expect(get(metrics, "revenue_hhi", "all"), 1e4 * 38.0 / 81, Status::estimated);
}

TEST(Concentration, WithoutRevenueIsUndefined) {
    const auto metrics = books({cost(1, 31, 5, Kind::opex, "rent", "House")}).metrics();
    for (const char* metric : {"revenue_hhi", "top1_share", "top3_share"})
        expect(get(metrics, metric, "all"), Status::undefined);
}

// Four sales of 1000 in all; a refund reduces the average, the median is of sales: 100, 200, 200, 500.
TEST(Customers, Tickets) {
    auto rows = entries();
    rows.push_back({on(2024, 1, 25), -40, Kind::refund, "sales", "Ann"});
    const auto metrics = books(rows).metrics();
    expect(get(metrics, "avg_ticket", "all"), 240);
    expect(get(metrics, "median_ticket", "all"), 200);
    expect(get(metrics, "tx_count", "all"), 8);
    const auto idle = books({cost(1, 31, 5, Kind::opex, "rent", "House")}).metrics();
    expect(get(idle, "avg_ticket", "all"), Status::undefined);
    expect(get(idle, "median_ticket", "all"), Status::undefined);
    expect(get(idle, "tx_count", "all"), 1);
}

// Ann pays in Jan and Jul, Bob Jan to Mar, Cid from Feb on, Dan in Jul only.
TEST(Customers, PayersAgainstTheThreeMonthsBefore) {
    std::vector<Entry> rows = {sale(1, 5, 9, "Ann"), sale(7, 31, 9, "Ann"), sale(7, 30, 9, "Dan")};
    for (unsigned month = 1; month <= 3; ++month) rows.push_back(sale(month, 7, 9, "Bob"));
    for (unsigned month = 2; month <= 7; ++month) rows.push_back(sale(month, 8, 9, "Cid"));
    rows.push_back(sale(7, 9, 9, "Cid"));
    const auto metrics = books(rows).metrics();
    expect(get(metrics, "active_payers", "2024-03"), 2);
    expect(get(metrics, "new_payers", "2024-03"), Status::insufficient_data);
    expect(get(metrics, "active_payers", "2024-07"), 3);
    // Ann's last payment is six months old: she is new again, and known to have returned.
    expect(get(metrics, "new_payers", "2024-07"), 2);
    EXPECT_EQ(input(get(metrics, "new_payers", "2024-07"), "returned").value, 1);
    expect(get(metrics, "lost_payers", "2024-04"), 2);
    expect(get(metrics, "lost_payers", "2024-06"), 1);
    expect(get(metrics, "lost_payers", "2024-07"), 0);
    // T3 is May to July; Feb to April had Bob and Cid.
    expect(get(metrics, "active_payers", "T3"), 3);
    expect(get(metrics, "new_payers", "T3"), 2);
    EXPECT_EQ(input(get(metrics, "new_payers", "T3"), "returned").value, 1);
    expect(get(metrics, "lost_payers", "T3"), 1);
}
