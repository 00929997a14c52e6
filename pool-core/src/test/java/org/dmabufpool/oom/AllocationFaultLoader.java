// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.oom;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Loads the core with a call of {@link AllocationPoints#reached} before everything in it that allocates: a new object or array, a
 * lambda or a joined string, and each call of a library method that is known to. The model and the tests are loaded as they are, by this
 * loader, too.
 */
final class AllocationFaultLoader extends ClassLoader {

    private static final String OURS = "org.dmabufpool.";
    private static final String[] AS_IT_IS = {
        OURS + "model.", OURS + "metrics.", OURS + "oom.", OURS + "coherency.", OURS + "heap."
    };
    private static final String POINTS = "org/dmabufpool/oom/AllocationPoints";

    /** Methods of the JDK's collections and builders that may allocate. */
    private static final Set<String> ALLOCATING = Set.of(
            "add",
            "addAll",
            "addFirst",
            "addLast",
            "append",
            "asList",
            "computeIfAbsent",
            "copyOf",
            "ensureCapacity",
            "format",
            "iterator",
            "offer",
            "of",
            "push",
            "put",
            "putAll",
            "putIfAbsent",
            "stream",
            "toArray",
            "toString",
            "valueOf");

    AllocationFaultLoader() {
        super(AllocationFaultLoader.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            if (!name.startsWith(OURS) || name.equals(AllocationPoints.class.getName())) {
                return super.loadClass(name, resolve);
            }
            byte[] bytes = bytes(name);
            byte[] code = isInstrumented(name) ? instrumented(bytes) : bytes;
            return defineClass(name, code, 0, code.length);
        }
    }

    private boolean isInstrumented(String name) {
        for (String prefix : AS_IT_IS) {
            if (name.startsWith(prefix)) {
                return false;
            }
        }
        return !getParent().getResource(file(name)).getPath().contains("/test-classes/");
    }

    private static String file(String name) {
        return name.replace('.', '/') + ".class";
    }

    private byte[] bytes(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(file(name))) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] instrumented(byte[] bytes) {
        ClassWriter writer = new ClassWriter(0);
        new ClassReader(bytes).accept(new Instrumented(writer), 0);
        return writer.toByteArray();
    }

    private static final class Instrumented extends ClassVisitor {
        Instrumented(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public MethodVisitor visitMethod(int access, String name, String type, String generic, String[] thrown) {
            MethodVisitor next = super.visitMethod(access, name, type, generic, thrown);
            return name.equals("<clinit>") ? next : new InstrumentedMethod(next);
        }
    }

    private static final class InstrumentedMethod extends MethodVisitor {
        InstrumentedMethod(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        private void point() {
            super.visitMethodInsn(Opcodes.INVOKESTATIC, POINTS, "reached", "()V", false);
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            if (opcode == Opcodes.ANEWARRAY) {
                point();
            }
            super.visitTypeInsn(opcode, type);
            if (opcode == Opcodes.NEW) {
                point(); // Behind, as frames know a new object by where this instruction is.
            }
        }

        @Override
        public void visitIntInsn(int opcode, int operand) {
            if (opcode == Opcodes.NEWARRAY) {
                point();
            }
            super.visitIntInsn(opcode, operand);
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String type, Handle bootstrap, Object... arguments) {
            point();
            super.visitInvokeDynamicInsn(name, type, bootstrap, arguments);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String type, boolean onInterface) {
            boolean ofLibrary = owner.startsWith("java/") && opcode != Opcodes.INVOKESPECIAL;
            if ((ofLibrary && ALLOCATING.contains(name)) || name.equals("clone")) {
                point();
            }
            super.visitMethodInsn(opcode, owner, name, type, onInterface);
        }
    }
}
