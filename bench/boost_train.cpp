// Training and evaluation of fin_boost_train and fin_boost_predict on a matrix of numbers, for bench/boost.
//   boost_train train <rows> <labels> <columns> <options> <model>   prints seconds of CPU
//   boost_train predict <model> <rows> <columns> <predictions>      prints seconds of CPU: reading the model,
//   predicting
// Rows and labels are float64, predictions float32, without a head.
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "boost/model.hpp"
#include "boost/train.hpp"
#include "error.hpp"

namespace {

using namespace fin;

std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<double> numbers_of(const std::string& path) {
    const std::string bytes = bytes_of(path);
    std::vector<double> numbers(bytes.size() / sizeof(double));
    std::copy_n(bytes.data(), numbers.size() * sizeof(double), reinterpret_cast<char*>(numbers.data()));
    return numbers;
}

double seconds_since(std::clock_t start) { return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC; }

void train(char** argument) {
    const auto values = numbers_of(argument[0]), labels = numbers_of(argument[1]);
    const auto columns = std::strtoull(argument[2], nullptr, 10);
    const auto options = boost::Options::parse(argument[3], 1);
    const auto start = std::clock();
    boost::TrainingRows rows(columns);
    for (std::size_t i = 0; i < labels.size(); ++i)
        rows.add({&values[i * columns], columns}, labels[i], *options.objective);
    const std::string model = boost::train(rows, options);
    std::cout << seconds_since(start) << "\n";
    std::ofstream(argument[4], std::ios::binary) << model;
}

void predict(char** argument) {
    const std::string text = bytes_of(argument[0]);
    const auto values = numbers_of(argument[1]);
    const auto columns = std::strtoull(argument[2], nullptr, 10);
    auto start = std::clock();
    const boost::Model model(text);
    const double reading = seconds_since(start);
    start = std::clock();
    const std::vector<float> rows(values.begin(), values.end());
    std::vector<float> predictions(values.size() / columns);
    model.predict(rows, predictions);
    std::cout << reading << " " << seconds_since(start) << "\n";
    std::ofstream(argument[3], std::ios::binary)
        .write(reinterpret_cast<const char*>(predictions.data()),
               static_cast<std::streamsize>(predictions.size() * sizeof(float)));
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    try {
        if (what == "train" && argc == 7) return train(argv + 2), 0;
        if (what == "predict" && argc == 6) return predict(argv + 2), 0;
    } catch (const Error& error) {
        std::cerr << error.what() << " " << error.detail << " " << error.hint << "\n";
        return 1;
    }
    std::cerr << "usage: boost_train train|predict ...\n";
    return 2;
}
