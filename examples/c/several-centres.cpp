// Several centres at once, from C++: each test thread has its own.
//
//     c++ -std=c++17 several-centres.cpp $(pkg-config --cflags --libs naccsmock) -pthread
#include <naccsmock.h>

#include <atomic>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

class Centre {
public:
    explicit Centre(const char *scenario = nullptr) : centre(naccsmock_new(), naccsmock_free)
    {
        naccsmock_set_scenario(get(), scenario);
        if (!naccsmock_start(get()))
            throw std::runtime_error(naccsmock_error(get()));
    }
    naccsmock *get() const { return centre.get(); }

private:
    std::unique_ptr<naccsmock, decltype(&naccsmock_free)> centre;
};

// Stands for your sender: true where the message was answered 250.
static bool send_message(std::uint16_t port, const std::string &text)
{
    const std::string steps[] = {"", "HELO GW\r\n", "MAIL FROM:<a@b>\r\n",
                                 "RCPT TO:<NACCS@MAIL.PROD.NACCS6>\r\n", "DATA\r\n",
                                 text + "\r\n.\r\n", "QUIT\r\n"};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int centre = socket(AF_INET, SOCK_STREAM, 0);
    bool good = centre >= 0 &&
                connect(centre, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0;
    for (const std::string &step : steps) {
        std::string reply;
        char octet;
        good = good && send(centre, step.data(), step.size(), MSG_NOSIGNAL) ==
                           static_cast<ssize_t>(step.size());
        while (good && read(centre, &octet, 1) == 1 && octet != '\n')
            reply += octet;
        good = good && !reply.empty() && (reply[0] == '2' || reply[0] == '3');
    }
    if (centre >= 0)
        close(centre);
    return good;
}

int main()
{
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; i++)
        threads.emplace_back([i, &good] {
            Centre centre;
            const std::string text = "message " + std::to_string(i);
            if (send_message(naccsmock_port(centre.get()), text) &&
                naccsmock_wait_messages(centre.get(), 1, 5000) &&
                naccsmock_message_at(centre.get(), 0)->content == text + "\r\n")
                good++;
        });
    for (std::thread &thread : threads)
        thread.join();

    try {
        Centre wrong("{\"version\": 1, \"rules\": [{\"at\": \"RCTP\", \"stall\": true}]}");
        good = 0;
    } catch (const std::runtime_error &error) {
        std::cout << error.what() << '\n';
    }
    std::cout << good << " of 8 messages arrived\n";
    return good == 8 ? 0 : 1;
}
