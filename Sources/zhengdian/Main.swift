@main
enum Main {
  static func main() async {
    print("zhengdian")
  }
}
