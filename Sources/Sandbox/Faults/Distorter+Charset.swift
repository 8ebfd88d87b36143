import Documents

extension Distorter {
  /// The body in the other charset, the labels as they were.
  static func recoded(_ reply: Reply) -> Reply {
    var wrong = reply
    do {
      if isGB18030(reply) {
        wrong.body = try Charset.gb18030.decode(reply.body)
      } else {
        wrong.body = try Charset.gb18030.encode(reply.body)
      }
    } catch {
      preconditionFailure("the sandbox wrote a page that is not of its charset: \(error)")
    }
    return wrong
  }

  /// The body as it was, the labels (Content-Type and XML declaration) of the other charset.
  static func relabelled(_ reply: Reply) -> Reply {
    var wrong = reply
    if isGB18030(reply) {
      wrong.contentType = "text/xml;charset=UTF-8"
      let declaration = Array(#"encoding="GB18030""#.utf8)
      if let place = wrong.body.firstRange(of: declaration) {
        wrong.body.replaceSubrange(place, with: Array(#"encoding="UTF-8""#.utf8))
      }
    } else {
      wrong.contentType = "application/json;charset=GB18030"
    }
    return wrong
  }

  private static func isGB18030(_ reply: Reply) -> Bool {
    reply.contentType.contains("GB18030")
  }
}
