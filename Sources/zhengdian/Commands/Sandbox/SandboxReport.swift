import Documents
import Sandbox

/// What `sandbox` says when its platforms answer.
struct SandboxReport {
  let sandbox: Sandbox
  let site: DemoSite?

  func write(_ invocation: Invocation) {
    if invocation.wantsJSON {
      invocation.output.json { write(to: &$0) }
    } else {
      write(to: invocation.output)
    }
  }

  private var control: String? { sandbox.addresses["control"] }

  private func write(to writer: inout JSONWriter) {
    writer.member("platforms") { writer in
      writer.array { writer in
        for connection in sandbox.connections {
          writer.object { writer in
            writer.member("name", connection.platform)
            writer.member("title", connection.title)
            writer.member("url", connection.address)
            writer.memberIfPresent("adapter", DemoSite.adapter(of: connection.platform))
            writer.member("settings") { writer in
              writer.object { for setting in connection.settings { $0.member(setting.name, setting.value) } }
            }
          }
        }
      }
    }
    writer.memberIfPresent("control", control)
    writer.memberIfPresent("configuration", site?.configurationFile)
    writer.memberIfPresent("consumerKey", site?.consumerKeyFile)
  }

  private func write(to output: Output) {
    var table = TextTable("platform", "address", "adapter", "title")
    for connection in sandbox.connections {
      table.row(
        connection.platform, connection.address, DemoSite.adapter(of: connection.platform) ?? "",
        connection.title)
    }
    table.row("control", control ?? "", "", "faults and counts: /control/faults, /control/calls")
    table.write(to: output)
    if let site {
      output.line(
        "\nconfiguration: \(site.configurationFile)\nkey of the consumer '\(DemoSite.consumer)': \(site.consumerKeyFile)"
      )
    }
    output.line("\nCtrl-C ends the sandbox")
  }
}
