#include "forecast/gathered.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#include "error.hpp"

namespace fin::forecast {

namespace {

class Bytes {
public:
    template <class T>
    void put(const T& value) {
        static_assert(std::is_trivially_copyable_v<T>);
        text_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    void put(const std::string& text) {
        put(text.size());
        text_ += text;
    }
    template <class T>
    void put(const std::vector<T>& values) {
        static_assert(std::is_trivially_copyable_v<T>);
        put(values.size());
        text_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}
    template <class T>
    void get(T& value) {
        std::memcpy(&value, take(sizeof value), sizeof value);
    }
    void get(std::string& text) {
        const auto size = count(1);
        text.assign(take(size), size);
    }
    template <class T>
    void get(std::vector<T>& values) {
        values.resize(count(sizeof(T)));
        if (!values.empty()) std::memcpy(values.data(), take(values.size() * sizeof(T)), values.size() * sizeof(T));
    }
    bool at_end() const { return text_.empty(); }

private:
    std::size_t count(std::size_t width) {
        std::size_t size = 0;
        get(size);
        if (size > text_.size() / width) damaged();
        return size;
    }
    const char* take(std::size_t size) {
        if (size > text_.size()) damaged();
        const char* at = text_.data();
        text_.remove_prefix(size);
        return at;
    }
    [[noreturn]] static void damaged() { throw Error(ErrorCode::bad_data, "state of fin_forecast is damaged"); }

    std::string_view text_;
};

Answer answer_without(Status status, std::string reason) { return {status, std::move(reason), {}, {}}; }

}  // namespace

void Gathered::ask(int horizon, std::string options) {
    horizon_ = horizon;
    options_ = std::move(options);
    asked_ = true;
}

void Gathered::add(std::int64_t day, double value) {
    if (observations_.size() >= most_observations) {
        refuse({"more than " + std::to_string(most_observations) + " observations",
                "наблюдений больше " + std::to_string(most_observations)});
        return;
    }
    observations_.push_back({day, value});
    answered_ = false;
}

void Gathered::refuse(Words why) {
    if (refusal_.en.empty()) refusal_ = std::move(why);
}

void Gathered::merge(Gathered&& other) {
    if (!other.asked_) return;
    if (!asked_) {
        *this = std::move(other);
        return;
    }
    if (!other.refusal_.en.empty()) refuse(std::move(other.refusal_));
    answered_ = false;
    answer_ = {};
    if (observations_.size() + other.observations_.size() > most_observations) {
        refuse({"more than " + std::to_string(most_observations) + " observations",
                "наблюдений больше " + std::to_string(most_observations)});
        return;
    }
    observations_.insert(observations_.end(), other.observations_.begin(), other.observations_.end());
}

bool Gathered::looks_whole(const Census& census) const {
    if (observations_.size() < 3 || census.series == 0) return false;
    const double usual = static_cast<double>(census.observations) / static_cast<double>(census.series);
    if (static_cast<double>(observations_.size()) < 0.9 * usual) return false;
    std::vector<std::int64_t> gaps;
    gaps.reserve(observations_.size());
    for (const auto& each : observations_) gaps.push_back(each.day);
    std::ranges::sort(gaps);
    const std::int64_t last = gaps.back();
    for (std::size_t i = gaps.size() - 1; i > 0; --i) gaps[i] -= gaps[i - 1];
    gaps.erase(gaps.begin());
    std::ranges::sort(gaps);
    const std::int64_t usual_gap = gaps[gaps.size() / 2];
    // Months are 28 to 31 days apart and working days 1 to 3; a hole is at least two of the usual steps.
    const std::int64_t widest = usual_gap <= 3 ? 5 : usual_gap * 3 / 2;
    return gaps.back() <= widest && census.latest - last <= usual_gap / 2;
}

const Answer& Gathered::answer(const InterruptCheck& check) {
    if (answered_) return answer_;
    const Request request = Request::parse(options_, Use::forecast);
    if (!refusal_.en.empty()) {
        answer_ = answer_without(Status::undefined, request.in_words(refusal_));
    } else {
        auto made = forecast(observations_, horizon_, request.options, check);
        answer_ = {made.status, request.in_words(made.reason), std::move(made.model), std::move(made.points)};
    }
    answered_ = true;
    return answer_;
}

std::string Gathered::bytes() const {
    Bytes out;
    out.put(asked_);
    out.put(answered_);
    out.put(horizon_);
    out.put(options_);
    out.put(refusal_.en);
    out.put(refusal_.ru);
    out.put(observations_);
    if (answered_) {
        out.put(answer_.status);
        out.put(answer_.reason);
        out.put(answer_.model);
        out.put(answer_.points);
    }
    return out.take();
}

Gathered Gathered::of(std::string_view bytes) {
    Reader in(bytes);
    Gathered series;
    in.get(series.asked_);
    in.get(series.answered_);
    in.get(series.horizon_);
    in.get(series.options_);
    in.get(series.refusal_.en);
    in.get(series.refusal_.ru);
    in.get(series.observations_);
    if (series.answered_) {
        in.get(series.answer_.status);
        in.get(series.answer_.reason);
        in.get(series.answer_.model);
        in.get(series.answer_.points);
    }
    if (!in.at_end()) throw Error(ErrorCode::bad_data, "state of fin_forecast is damaged");
    return series;
}

}  // namespace fin::forecast
