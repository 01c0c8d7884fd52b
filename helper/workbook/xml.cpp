#include "workbook/xml.hpp"

#include <expat.h>

#include <cstring>
#include <exception>
#include <memory>

#include "workbook/refuse.hpp"

namespace fin::helper {

namespace {

constexpr int deepest = 100;

std::string_view without_prefix(const char* name) {
    const char* colon = std::strchr(name, ':');
    return colon ? colon + 1 : name;
}

// Between expat, whose frames no exception may cross, and the events.
struct Bridge {
    XML_Parser parser;
    XmlEvents& events;
    std::exception_ptr thrown;
    int depth = 0;
    bool document_type = false, too_deep = false;

    bool stopped() const { return thrown || document_type || too_deep; }
    void stop() { XML_StopParser(parser, XML_FALSE); }
    template <class F>
    void call(F f) {
        if (stopped()) return;
        try {
            f();
        } catch (...) {
            thrown = std::current_exception();
            stop();
        }
    }
};

void XMLCALL on_begin(void* data, const char* name, const char** attributes) {
    auto& bridge = *static_cast<Bridge*>(data);
    if (++bridge.depth > deepest) {
        bridge.too_deep = true;
        bridge.stop();
    }
    bridge.call([&] { bridge.events.begin(without_prefix(name), Attributes(attributes)); });
}

void XMLCALL on_end(void* data, const char* name) {
    auto& bridge = *static_cast<Bridge*>(data);
    --bridge.depth;
    bridge.call([&] { bridge.events.end(without_prefix(name)); });
}

void XMLCALL on_text(void* data, const char* text, int length) {
    auto& bridge = *static_cast<Bridge*>(data);
    bridge.call([&] { bridge.events.text({text, static_cast<std::size_t>(length)}); });
}

void XMLCALL on_document_type(void* data, const char*, const char*, const char*, int) {
    auto& bridge = *static_cast<Bridge*>(data);
    bridge.document_type = true;
    bridge.stop();
}

void check(const Bridge& bridge, bool good, std::string_view part) {
    const std::string place = "Its part " + std::string(part.substr(0, 100));
    if (bridge.thrown) std::rethrow_exception(bridge.thrown);
    if (bridge.document_type)
        refuse("the workbook declares a document type, which no workbook does",
               place + " could define entities that explode or reach for other files.");
    if (bridge.too_deep)
        refuse("the workbook is nested too deeply", place + " has elements " + std::to_string(deepest) + " deep.");
    if (good) return;
    if (XML_GetErrorCode(bridge.parser) == XML_ERROR_NO_MEMORY) throw std::bad_alloc();
    refuse("the workbook is damaged: a part is no XML",
           place + ", line " + std::to_string(XML_GetCurrentLineNumber(bridge.parser)) + ": " +
               XML_ErrorString(XML_GetErrorCode(bridge.parser)) + ".");
}

}  // namespace

const char* Attributes::find(std::string_view name) const {
    for (const char** pair = pairs_; *pair; pair += 2)
        if (without_prefix(*pair) == name) return pair[1];
    return nullptr;
}

bool Attributes::truth(std::string_view name) const {
    const char* value = find(name);
    return value && (std::strcmp(value, "1") == 0 || std::strcmp(value, "true") == 0);
}

void parse(const Archive& archive, std::string_view part, XmlEvents& events) {
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate(nullptr),
                                                                              XML_ParserFree);
    if (!parser) throw std::bad_alloc();
    Bridge bridge{parser.get(), events, {}};
    XML_SetUserData(parser.get(), &bridge);
    XML_SetElementHandler(parser.get(), on_begin, on_end);
    XML_SetCharacterDataHandler(parser.get(), on_text);
    XML_SetStartDoctypeDeclHandler(parser.get(), on_document_type);
    bool whole = true;
    archive.read(part, [&](std::string_view piece) {
        const auto state = XML_Parse(parser.get(), piece.data(), static_cast<int>(piece.size()), XML_FALSE);
        check(bridge, state == XML_STATUS_OK, part);
        return whole = !events.enough();
    });
    if (whole) check(bridge, XML_Parse(parser.get(), nullptr, 0, XML_TRUE) == XML_STATUS_OK, part);
}

}  // namespace fin::helper
