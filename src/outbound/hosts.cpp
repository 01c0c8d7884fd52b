#include "outbound/hosts.hpp"

#include <algorithm>
#include <charconv>

#include "error.hpp"
#include "outbound/address.hpp"

namespace fin::outbound {

namespace {

[[noreturn]] void refuse(std::string_view entry, const char* why) {
    throw Error(
        ErrorCode::invalid_argument, "\"" + std::string(entry) + "\" is no host: " + why, {},
        "Hosts look like api.example.com, *.example.com, 192.0.2.1, [2001:db8::1], each with or without :port.");
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool is_host_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

int port_of(std::string_view entry, std::string_view digits) {
    int port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size() || port < 1 || port > 65535)
        refuse(entry, "its port is no number from 1 to 65535");
    return port;
}

}  // namespace

std::string normal_host(std::string_view host) {
    if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (host.size() > 1 && host.back() == '.') host.remove_suffix(1);
    std::string normal(host);
    for (char& c : normal)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return normal;
}

HostList HostList::parse(std::string_view text) {
    HostList list;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        const std::string_view given = trimmed(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
        if (given.empty()) continue;
        std::string_view host = given;
        Entry entry;
        const auto colon = host.rfind(':');
        const bool bracketed = host.front() == '[';
        const bool has_port = bracketed ? colon != std::string_view::npos && colon > host.rfind(']')
                                        : colon != std::string_view::npos && host.find(':') == colon;
        if (has_port) {
            entry.port = port_of(given, host.substr(colon + 1));
            host = host.substr(0, colon);
        }
        if (host.substr(0, 2) == "*.") {
            entry.below = true;
            host.remove_prefix(2);
        }
        entry.host = normal_host(host);
        const bool address = !entry.below && class_of(entry.host).has_value();
        if (entry.host.empty() || entry.host.front() == '.') refuse(given, "it has no name");
        if (!address && !std::all_of(entry.host.begin(), entry.host.end(), is_host_byte))
            refuse(given, "it has characters that no host name has");
        if (entry.below && entry.host.find('.') == std::string::npos)
            refuse(given, "it would allow a whole top domain");
        list.entries_.push_back(std::move(entry));
    }
    return list;
}

bool HostList::allows(std::string_view given, int port) const {
    const std::string host = normal_host(given);
    return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        if (entry.port != 0 && entry.port != port) return false;
        if (!entry.below) return host == entry.host;
        return host.size() > entry.host.size() + 1 && host.ends_with(entry.host) &&
               host[host.size() - entry.host.size() - 1] == '.';
    });
}

}  // namespace fin::outbound
