// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * One mistake in one real source file, and the real tests over it. The edit must match the source exactly once, so that a
 * fault that cannot be planted any more is a failure too. The package is compiled in memory; it and the tests are loaded
 * by a class loader of their own.
 */
final class PlantedFault {

    private static final Path SOURCES = Path.of("src", "main", "java", "org", "dmabufpool");
    private static final String OURS = "org.dmabufpool.";

    private final Path source;
    private final String sound;
    private final String faulty;

    /**
     * @param file of the source, from {@code org/dmabufpool} on
     * @param sound what is there once
     * @param faulty what is put in its place
     */
    PlantedFault(String file, String sound, String faulty) {
        this.source = SOURCES.resolve(file);
        this.sound = sound;
        this.faulty = faulty;
    }

    /** What became of the tests that were run over the fault. */
    record Verdict(int succeeded, Map<String, Throwable> failed) {}

    /** Runs methods, each named {@code Class#method}, with the fault planted. */
    Verdict verdict(List<String> methods) {
        FaultyLoader loader = new FaultyLoader(compile());
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request()
                .configurationParameter("jqwik.database", "")
                .configurationParameter("jqwik.shrinking.default", "OFF")
                .configurationParameter("jqwik.reporting.usejunitplatform", "true")
                .configurationParameter("jqwik.failures.after.default", "PREVIOUS_SEED");
        for (String method : methods) {
            String[] parts = method.split("#");
            request.selectors(selectMethod(loader.load(parts[0]), method(loader.load(parts[0]), parts[1])));
        }
        return run(request.build(), loader);
    }

    private static Method method(Class<?> test, String name) {
        return Stream.of(test.getDeclaredMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no method " + name + " in " + test));
    }

    /** It is what a test says of the code it tests; a class that could not be loaded or run is none. */
    static void assertIsAFinding(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            assertThat(cause).isNotInstanceOfAny(LinkageError.class, ReflectiveOperationException.class);
        }
    }

    private static Verdict run(LauncherDiscoveryRequest request, ClassLoader loader) {
        int[] succeeded = {0};
        Map<String, Throwable> failed = new HashMap<>();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            LauncherFactory.create().execute(request, new TestExecutionListener() {
                @Override
                public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                    result.getThrowable().ifPresent(thrown -> failed.put(test.getDisplayName(), thrown));
                    succeeded[0] += test.isTest() && result.getThrowable().isEmpty() ? 1 : 0;
                }
            });
        } finally {
            thread.setContextClassLoader(before);
        }
        return new Verdict(succeeded[0], failed);
    }

    private Map<String, byte[]> compile() {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler).as("a JDK's compiler").isNotNull();
        StringWriter errors = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> sources = Files.list(source.getParent())) {
            MemoryFiles memory = new MemoryFiles(files);
            List<String> options = List.of("-proc:none", "-nowarn", "-g", "-d", "target");
            List<JavaFileObject> units = sources.filter(path -> path.toString().endsWith(".java"))
                    .map(this::unit)
                    .toList();
            boolean compiled =
                    compiler.getTask(errors, memory, null, options, null, units).call();
            assertThat(compiled).as("the fault compiles: %s", errors).isTrue();
            return memory.classes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JavaFileObject unit(Path path) {
        String text = read(path);
        if (path.equals(source)) {
            assertThat(text.split(Pattern.quote(sound), -1))
                    .as("'%s' is in %s exactly once", sound, path)
                    .hasSize(2);
            text = text.replace(sound, faulty);
        }
        String planted = text;
        return new SimpleJavaFileObject(path.toUri(), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return planted;
            }
        };
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return source.getFileName() + ": '" + sound + "' became '" + faulty + "'";
    }

    /** Keeps compiled classes. */
    private static final class MemoryFiles extends ForwardingJavaFileManager<JavaFileManager> {

        private final Map<String, ByteArrayOutputStream> compiled = new HashMap<>();

        MemoryFiles(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            compiled.put(className, bytes);
            return new SimpleJavaFileObject(URI.create("mem:///" + className.replace('.', '/') + ".class"), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return bytes;
                }
            };
        }

        Map<String, byte[]> classes() {
            Map<String, byte[]> classes = new HashMap<>();
            compiled.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
            return classes;
        }
    }

    /** Defines all of the library and its tests itself: from the faulty classes, else from what the build made. */
    private static final class FaultyLoader extends ClassLoader {

        private final Map<String, byte[]> faultyClasses;

        FaultyLoader(Map<String, byte[]> faultyClasses) {
            super(PlantedFault.class.getClassLoader());
            this.faultyClasses = faultyClasses;
            setDefaultAssertionStatus(true);
        }

        Class<?> load(String name) {
            try {
                return loadClass(OURS + name);
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(OURS)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known != null ? known : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            byte[] bytes = faultyClasses.get(name);
            if (bytes == null) {
                bytes = built(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }

        private byte[] built(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                return in.readAllBytes();
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
