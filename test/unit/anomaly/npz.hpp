// Reads an array of a .npz file (a zip of .npy), as the labelled sets of the shared data are stored.
#pragma once
#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace fin::test {

struct Array {
    std::size_t rows = 0, columns = 1;
    std::vector<double> values;
};

class Npz {
public:
    explicit Npz(const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        bytes_.assign(std::istreambuf_iterator<char>(file), {});
        if (bytes_.size() < 22) throw std::runtime_error("cannot read " + path);
    }

    Array read(const std::string& name) const {
        const std::string npy = member(name + ".npy");
        const std::size_t data = 10 + number<std::uint16_t>(npy, 8);
        const std::string header = npy.substr(10, data - 10);
        const std::size_t shape = header.find("'shape': (") + 10;
        Array array;
        array.rows = std::stoul(header.substr(shape));
        const std::size_t comma = header.find(',', shape);
        if (header[comma + 1] != ')') array.columns = std::stoul(header.substr(comma + 1));
        const std::string type = header.substr(header.find("'descr': '") + 10, 3);
        const bool by_column = header.find("'fortran_order': True") != std::string::npos;
        for (std::size_t row = 0; row < array.rows; ++row)
            for (std::size_t column = 0; column < array.columns; ++column)
                array.values.push_back(
                    value(npy, data, by_column ? column * array.rows + row : row * array.columns + column, type));
        return array;
    }

private:
    template <class T>
    static T number(const std::string& bytes, std::size_t at) {
        T result;
        std::memcpy(&result, bytes.substr(at, sizeof(T)).data(), sizeof(T));
        return result;
    }
    static double value(const std::string& npy, std::size_t data, std::size_t i, const std::string& type) {
        if (type == "<f8") return number<double>(npy, data + i * 8);
        if (type == "<i8") return static_cast<double>(number<std::int64_t>(npy, data + i * 8));
        if (type == "<i4") return number<std::int32_t>(npy, data + i * 4);
        if (type == "|u1") return number<std::uint8_t>(npy, data + i);
        throw std::runtime_error("unexpected type " + type);
    }
    // By the central directory: sizes in the local headers may be left open.
    std::string member(const std::string& name) const {
        std::size_t entry = number<std::uint32_t>(bytes_, bytes_.rfind("PK\5\6") + 16);
        while (bytes_.compare(entry, 4, "PK\1\2") == 0) {
            const auto length = number<std::uint16_t>(bytes_, entry + 28);
            if (bytes_.compare(entry + 46, length, name) == 0) {
                const auto local = number<std::uint32_t>(bytes_, entry + 42);
                const std::size_t data =
                    local + 30 + number<std::uint16_t>(bytes_, local + 26) + number<std::uint16_t>(bytes_, local + 28);
                const auto packed = number<std::uint32_t>(bytes_, entry + 20);
                return inflated(bytes_.substr(data, packed), number<std::uint32_t>(bytes_, entry + 24));
            }
            entry +=
                46U + length + number<std::uint16_t>(bytes_, entry + 30) + number<std::uint16_t>(bytes_, entry + 32);
        }
        throw std::runtime_error("no " + name);
    }
    static std::string inflated(std::string packed, std::size_t size) {
        std::string result(size, '\0');
        z_stream stream{};
        stream.next_in = reinterpret_cast<Bytef*>(packed.data());
        stream.avail_in = static_cast<uInt>(packed.size());
        stream.next_out = reinterpret_cast<Bytef*>(result.data());
        stream.avail_out = static_cast<uInt>(size);
        if (inflateInit2(&stream, -MAX_WBITS) != Z_OK || inflate(&stream, Z_FINISH) != Z_STREAM_END)
            throw std::runtime_error("damaged zip member");
        inflateEnd(&stream);
        return result;
    }

    std::string bytes_;
};

}  // namespace fin::test
