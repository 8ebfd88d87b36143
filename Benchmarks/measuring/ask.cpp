// Asks a gateway at a steady rate over some connections, and prints of each answer the moment of its question on the monotonic
// clock and the seconds it took, one a line.
//
//     ask PORT KEY FILE QUERIES-A-SECOND CONNECTIONS SECONDS
//
// Each line of the file is a path, which is got, or a path, a tab, and a body in JSON, which is posted to it.
//
// A query is due by the clock, not by the last answer: one that is late does not make the next ones fewer. No thread waits for
// another, as those of an interpreter do. Exits with 1, and says why, when an answer is not 200.

#include <curl/curl.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

static double now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static void sleep_until(double moment) {
  timespec time{static_cast<time_t>(moment), 0};
  time.tv_nsec = static_cast<long>((moment - time.tv_sec) * 1e9);
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr);
}

static size_t drop(char *, size_t size, size_t count, void *) { return size * count; }

int main(int count, char **words) {
  if (count != 7) {
    std::fprintf(stderr, "ask PORT KEY FILE QUERIES-A-SECOND CONNECTIONS SECONDS\n");
    return 2;
  }
  const std::string base = std::string("http://127.0.0.1:") + words[1];
  const double rate = std::atof(words[4]), seconds = std::atof(words[6]);
  const int connections = std::atoi(words[5]);
  std::vector<std::string> lines;
  std::ifstream file(words[3]);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  if (lines.empty() || rate <= 0 || connections <= 0) {
    std::fprintf(stderr, "ask: nothing to ask, or no rate\n");
    return 2;
  }
  curl_global_init(CURL_GLOBAL_DEFAULT);
  curl_slist *headers = nullptr;
  headers = curl_slist_append(headers, (std::string("Authorization: Bearer ") + words[2]).c_str());
  headers = curl_slist_append(headers, "Content-Type: application/json");
  headers = curl_slist_append(headers, "X-Purpose: supply-application");
  headers = curl_slist_append(headers, "X-Operator: bench");

  std::mutex lock;
  struct Answer {
    double moment, seconds;
  };
  std::vector<Answer> answers;
  std::string problem;
  const double begun = now();
  auto ask = [&](int number) {
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    std::vector<Answer> mine;
    std::string trouble;
    for (; number / rate < seconds && trouble.empty(); number += connections) {
      const std::string &line = lines[static_cast<size_t>(number) * 7919 % lines.size()];
      const size_t tab = line.find('\t');
      const std::string url = base + line.substr(0, tab);
      if (tab != std::string::npos) curl_easy_setopt(curl, CURLOPT_POSTFIELDS, line.c_str() + tab + 1);
      curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
      sleep_until(begun + number / rate);
      const double start = now();
      const CURLcode code = curl_easy_perform(curl);
      mine.push_back({start, now() - start});
      long status = 0;
      curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
      if (code != CURLE_OK) trouble = curl_easy_strerror(code);
      else if (status != 200) trouble = "status " + std::to_string(status);
    }
    curl_easy_cleanup(curl);
    std::lock_guard<std::mutex> guard(lock);
    answers.insert(answers.end(), mine.begin(), mine.end());
    if (!trouble.empty()) problem = trouble;
  };
  std::vector<std::thread> threads;
  for (int number = 0; number < connections; number++) threads.emplace_back(ask, number);
  for (auto &thread : threads) thread.join();
  curl_slist_free_all(headers);
  if (!problem.empty()) {
    std::fprintf(stderr, "ask: %s\n", problem.c_str());
    return 1;
  }
  for (const Answer &answer : answers) std::printf("%.6f %.6f\n", answer.moment, answer.seconds);
}
