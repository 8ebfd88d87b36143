import Glibc

@main
enum Main {
  static func main() async {
    do {
      try await Stages(Arguments(Array(CommandLine.arguments.dropFirst()))).run()
    } catch {
      let text = Array("\(error)\n".utf8)
      _ = unsafe text.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
      exit(1)
    }
  }
}
