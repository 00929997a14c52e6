// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.dmabufpool.bench.doctor.Doctor;
import org.dmabufpool.bench.doctor.Finding;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what this machine offers. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Says what this machine offers a pool: kernel, heaps, udmabuf, sync, cameras, limits.",
            "For what is missing it says what that means and how to get it. Needs no root."
        })
public final class DoctorCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private CommandSpec spec;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write what is printed as JSON; - is standard output.")
    private @Nullable Path json;

    /** For picocli. */
    public DoctorCommand() {}

    @Override
    public Integer call() throws IOException {
        try (Outputs outputs = new Outputs(spec.commandLine())) {
            Output report = outputs.at("--json", FileType.JSON, json);
            List<Finding> findings = Doctor.examine();
            report.json(Map.of("findings", findings));
            outputs.commit();
            print(findings, outputs.forPeople());
        }
        return ExitCode.OK;
    }

    private static void print(List<Finding> findings, PrintWriter out) {
        for (Finding finding : findings) {
            out.printf(Locale.ROOT, "%-8s %-16s %s%n", mark(finding.state()), finding.name(), finding.value());
            if (finding.state() == Finding.State.MISSING) {
                note(out, "means: " + finding.meaning());
                note(out, "to get it: " + finding.remedy());
            }
        }
        out.flush();
    }

    private static void note(PrintWriter out, String text) {
        out.printf(Locale.ROOT, "%26s%s%n", "", text);
    }

    private static String mark(Finding.State state) {
        return switch (state) {
            case GOOD -> "ok";
            case MISSING -> "MISSING";
            case FACT -> "";
        };
    }
}
