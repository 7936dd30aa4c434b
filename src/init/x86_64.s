// Emitted by .ci/init from main.rs: rustc 1.95.0 (59807616e 2026-04-14)
.Lbelljar_begin_program:
	push	rbx
	mov	rbx, rdi
	mov	rdx, qword ptr [rdi + 4192]
	xor	esi, esi
	call	.Lbelljar_run
	mov	dword ptr [rbx + 4212], eax
	mov	dword ptr [rbx + 4208], edx
	mov	rax, qword ptr [rbx + 4224]
	test	rax, rax
	js	.Lbelljar_BB0_4
	mov	eax, dword ptr [rbx + 4220]
	test	eax, eax
	jne	.Lbelljar_BB0_3
	mov	al, byte ptr [134217728]
.Lbelljar_BB0_3:
	pause
	jmp	.Lbelljar_BB0_3
.Lbelljar_BB0_4:
	call	.Lbelljar_exit
.Lbelljar_begin:
	push	rbx
	sub	rsp, 48
	lea	rax, [rdi + 4248]
	mov	rbx, rsp
	mov	qword ptr [rbx], rdi
	mov	qword ptr [rbx + 16], 0
	mov	byte ptr [rbx + 40], 0
	mov	rcx, -1
	mov	qword ptr [rbx + 24], rcx
	mov	qword ptr [rbx + 32], rcx
	mov	qword ptr [rbx + 8], rax
	mov	rdx, qword ptr [rdi]
	mov	rsi, rbx
	call	.Lbelljar_run
	mov	rdi, rbx
	mov	esi, eax
	call	.Lbelljar_fail
.Lbelljar_fail:
	push	rbx
	mov	rbx, rdi
	mov	rax, qword ptr [rdi + 8]
	mov	dword ptr [rax + 4], esi
	mov	dword ptr [rax + 8], edx
	mov	rdi, qword ptr [rdi + 16]
	test	rdi, rdi
	je	.Lbelljar_BB2_3
	cmp	byte ptr [rbx + 40], 0
	jne	.Lbelljar_BB2_3
	mov	eax, 62
	mov	esi, 9
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB2_3:
	mov	rdi, rbx
	mov	esi, 2
	call	.Lbelljar_send
	call	.Lbelljar_exit
.Lbelljar_send:
	mov	rcx, qword ptr [rdi + 8]
	mov	dword ptr [rcx], esi
	mov	rax, qword ptr [rdi]
	mov	edi, dword ptr [rax + 56]
	mov	eax, 44
	mov	edx, 272
	mov	r10d, 16384
	mov	rsi, rcx
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	ret
.Lbelljar_leave:
	mov	rax, rdi
	mov	rdi, qword ptr [rdi + 16]
	test	rdi, rdi
	je	.Lbelljar_BB4_3
	cmp	byte ptr [rax + 40], 0
	jne	.Lbelljar_BB4_3
	mov	eax, 62
	mov	esi, 9
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB4_3:
	push	rax
	call	.Lbelljar_exit
.Lbelljar_exit:
	push	rax
	mov	eax, 231
	xor	edi, edi
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	ud2
	ud2
.Lbelljar_run:
	push	rbp
	push	r15
	push	r14
	push	r13
	push	r12
	push	rbx
	sub	rsp, 296
	mov	r15, rdx
	mov	rbx, rsi
	mov	r12, rdi
	lea	r13, [rdi + 4204]
	mov	r14d, 200
	xor	ebp, ebp
	mov	qword ptr [rsp + 24], r13
.Lbelljar_BB6_1:
	mov	dword ptr [rsp + 12], r14d
.Lbelljar_BB6_2:
	movups	xmm0, xmmword ptr [r15 + 24]
	movups	xmm1, xmmword ptr [r15 + 40]
	movups	xmm2, xmmword ptr [r15 + 56]
	movaps	xmmword ptr [rsp + 64], xmm2
	movaps	xmmword ptr [rsp + 48], xmm1
	movaps	xmmword ptr [rsp + 32], xmm0
	xor	eax, eax
.Lbelljar_BB6_3:
	mov	ecx, dword ptr [r15 + 4]
	bt	ecx, eax
	jae	.Lbelljar_BB6_5
	mov	rcx, qword ptr [rsp + 8*rax + 32]
	mov	rcx, qword ptr [rcx]
	mov	qword ptr [rsp + 8*rax + 32], rcx
.Lbelljar_BB6_5:
	inc	rax
	cmp	rax, 6
	jne	.Lbelljar_BB6_3
	mov	eax, dword ptr [r15]
	cmp	eax, 4100
	jg	.Lbelljar_BB6_11
	cmp	eax, 4096
	je	.Lbelljar_BB6_16
	cmp	eax, 4099
	je	.Lbelljar_BB6_27
	cmp	eax, 4100
	jne	.Lbelljar_BB6_21
	mov	edi, ebp
	neg	rdi
	jmp	.Lbelljar_BB6_29
.Lbelljar_BB6_11:
	cmp	eax, 4101
	je	.Lbelljar_BB6_18
	cmp	eax, 4103
	je	.Lbelljar_BB6_35
	cmp	eax, 4104
	jne	.Lbelljar_BB6_21
	mov	eax, dword ptr [r12 + 4216]
	test	eax, eax
	jne	.Lbelljar_BB6_19
	mov	rdi, qword ptr [rsp + 32]
	mov	rsi, qword ptr [rsp + 40]
	mov	rdx, qword ptr [rsp + 48]
	mov	eax, 1
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	jmp	.Lbelljar_BB6_26
.Lbelljar_BB6_16:
	mov	rax, qword ptr [rsp + 32]
	mov	rax, qword ptr [rax]
	and	rax, qword ptr [rsp + 40]
	cmp	rax, qword ptr [rsp + 48]
	je	.Lbelljar_BB6_19
	mov	rax, qword ptr [rsp + 56]
	jmp	.Lbelljar_BB6_28
.Lbelljar_BB6_18:
	mov	eax, dword ptr [r13]
	test	eax, eax
	je	.Lbelljar_BB6_20
.Lbelljar_BB6_19:
	xor	edi, edi
	jmp	.Lbelljar_BB6_30
.Lbelljar_BB6_20:
	mov	eax, 202
	mov	rdi, r13
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	eax, dword ptr [r13]
	mov	edi, 0
	test	eax, eax
	je	.Lbelljar_BB6_20
	jmp	.Lbelljar_BB6_30
.Lbelljar_BB6_21:
	test	rbx, rbx
	je	.Lbelljar_BB6_25
	cmp	rax, 4097
	je	.Lbelljar_BB6_42
	cmp	eax, 4102
	je	.Lbelljar_BB6_40
	cmp	eax, 4098
	je	.Lbelljar_BB6_90
.Lbelljar_BB6_25:
	mov	rdi, qword ptr [rsp + 32]
	mov	rsi, qword ptr [rsp + 40]
	mov	rdx, qword ptr [rsp + 48]
	mov	r10, qword ptr [rsp + 56]
	mov	r8, qword ptr [rsp + 64]
	mov	r9, qword ptr [rsp + 72]
	syscall
.Lbelljar_BB6_26:
	mov	rdi, rax
	jmp	.Lbelljar_BB6_29
.Lbelljar_BB6_27:
	mov	rax, qword ptr [rsp + 32]
.Lbelljar_BB6_28:
	xor	edi, edi
	sub	rdi, rax
.Lbelljar_BB6_29:
	cmp	rdi, -4096
	ja	.Lbelljar_BB6_31
.Lbelljar_BB6_30:
	cmp	dword ptr [r15], 4100
	jne	.Lbelljar_BB6_36
.Lbelljar_BB6_31:
	test	r14d, r14d
	setne	al
	neg	rdi
	cmp	edi, 26
	sete	cl
	test	cl, al
	jne	.Lbelljar_BB6_85
	cmp	edi, 63
	ja	.Lbelljar_BB6_86
	mov	rax, qword ptr [r15 + 16]
	bt	rax, rdi
	jae	.Lbelljar_BB6_86
	cmp	ebp, 13
	cmovne	ebp, edi
	jmp	.Lbelljar_BB6_39
.Lbelljar_BB6_35:
	mov	al, byte ptr [134217728]
	xor	edi, edi
.Lbelljar_BB6_36:
	cmp	byte ptr [r15 + 5], 0
	jne	.Lbelljar_BB6_87
	mov	rax, qword ptr [r15 + 8]
	test	rax, rax
	je	.Lbelljar_BB6_39
	mov	qword ptr [rax], rdi
.Lbelljar_BB6_39:
	add	r15, 72
	jmp	.Lbelljar_BB6_2
.Lbelljar_BB6_40:
	mov	r14, qword ptr [rsp + 32]
	mov	rax, qword ptr [rsp + 40]
	mov	qword ptr [rsp + 88], rax
	mov	rax, qword ptr [rbx]
	mov	qword ptr [rsp + 16], rax
	mov	qword ptr [rsp + 136], 65536
	mov	eax, 289
	mov	edx, 8
	mov	r10d, 526336
	mov	rdi, -1
	lea	rsi, [rsp + 136]
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	qword ptr [rbx + 32], rax
	cmp	rax, -4096
	jbe	.Lbelljar_BB6_48
	mov	rdi, rax
	jmp	.Lbelljar_BB6_62
.Lbelljar_BB6_42:
	lea	rax, [r15 + 72]
	mov	r9, qword ptr [rbx]
	lea	r14, [r9 + 96]
	mov	qword ptr [r9 + 4192], rax
	lea	r13, [r9 + 4200]
	mov	dword ptr [r9 + 4200], 1
	mov	rax, qword ptr [r9 + 64]
	test	rax, rax
	js	.Lbelljar_BB6_45
	movabs	rcx, 8592032000
	mov	qword ptr [rsp + 160], rcx
	xor	ecx, ecx
	mov	qword ptr [rsp + 168], rcx
	mov	qword ptr [rsp + 176], r13
	mov	qword ptr [rsp + 184], rcx
	mov	qword ptr [rsp + 192], 17
	mov	qword ptr [rsp + 200], r14
	mov	qword ptr [rsp + 208], 4096
	xorps	xmm0, xmm0
	movups	xmmword ptr [rsp + 216], xmm0
	mov	qword ptr [rsp + 232], rcx
	mov	qword ptr [rsp + 240], rax
	mov	dword ptr [r9 + 4216], 1
	mov	eax, 435
	mov	esi, 88
	lea	rdi, [rsp + 160]
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	syscall
	test	rax, rax
	jne	.Lbelljar_tmp0
	xor	ebp, ebp
	mov	rdi, r9
	call	.Lbelljar_program
.Lbelljar_tmp0:
	test	rax, rax
	jns	.Lbelljar_BB6_46
	mov	dword ptr [r9 + 4216], 0
.Lbelljar_BB6_45:
	add	r14, 4096
	mov	eax, 56
	mov	edi, 2097425
	mov	rsi, r14
	xor	edx, edx
	mov	r10, r13
	xor	r8d, r8d
	syscall
	test	rax, rax
	jne	.Lbelljar_tmp1
	xor	ebp, ebp
	mov	rdi, r9
	call	.Lbelljar_program
.Lbelljar_tmp1:
.Lbelljar_BB6_46:
	mov	rdi, rax
	test	rax, rax
	mov	r13, qword ptr [rsp + 24]
	mov	r14d, dword ptr [rsp + 12]
	jg	.Lbelljar_BB6_83
	cmp	rdi, -4096
	ja	.Lbelljar_BB6_31
	jmp	.Lbelljar_BB6_84
.Lbelljar_BB6_48:
	xorps	xmm0, xmm0
	movaps	xmmword ptr [rsp + 160], xmm0
	mov	eax, 228
	mov	edi, 1
	lea	rsi, [rsp + 160]
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	imul	rax, qword ptr [rsp + 160], 1000000000
	add	rax, qword ptr [rsp + 168]
	mov	rcx, qword ptr [rbx + 8]
	mov	qword ptr [rcx + 16], rax
	test	r14, r14
	je	.Lbelljar_BB6_51
	mov	rsi, qword ptr [rbx + 16]
	mov	eax, 101
	mov	edi, 16902
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	cmp	rax, -4096
	jbe	.Lbelljar_BB6_63
	mov	rdi, rax
	mov	rax, qword ptr [rsp + 16]
	mov	edx, dword ptr [rax + 4208]
	test	edx, edx
	je	.Lbelljar_BB6_62
	jmp	.Lbelljar_BB6_92
.Lbelljar_BB6_51:
	mov	rdi, qword ptr [rsp + 16]
	mov	dword ptr [rdi + 4204], 1
	add	rdi, 4204
	mov	eax, 202
	mov	esi, 1
	mov	edx, 1
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB6_52:
	mov	r14, qword ptr [rbx]
	mov	eax, dword ptr [r14 + 4200]
	test	eax, eax
	je	.Lbelljar_BB6_60
	lea	r13, [r14 + 4200]
.Lbelljar_BB6_54:
	mov	rax, qword ptr [r14 + 4224]
	test	rax, rax
	js	.Lbelljar_BB6_56
	mov	ecx, dword ptr [r14 + 4208]
	mov	eax, 1000000
	test	ecx, ecx
	jne	.Lbelljar_BB6_60
	jmp	.Lbelljar_BB6_57
.Lbelljar_BB6_56:
	mov	eax, 100000000
.Lbelljar_BB6_57:
	mov	qword ptr [rsp + 144], 0
	mov	qword ptr [rsp + 152], rax
	mov	eax, 202
	mov	edx, 1
	mov	rdi, r13
	xor	esi, esi
	lea	r10, [rsp + 144]
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	eax, dword ptr [r13]
	test	eax, eax
	je	.Lbelljar_BB6_59
	xorps	xmm0, xmm0
	movaps	xmmword ptr [rsp + 96], xmm0
	lea	rax, [r14 + 40]
	movups	xmm0, xmmword ptr [rax]
	movaps	xmmword ptr [rsp + 160], xmm0
	mov	eax, 271
	mov	esi, 2
	mov	r8d, 8
	lea	rdi, [rsp + 160]
	lea	rdx, [rsp + 96]
	xor	r10d, r10d
	xor	r9d, r9d
	syscall
	test	rax, rax
	jg	.Lbelljar_BB6_88
.Lbelljar_BB6_59:
	mov	eax, dword ptr [r13]
	test	eax, eax
	jne	.Lbelljar_BB6_54
.Lbelljar_BB6_60:
	mov	edx, dword ptr [r14 + 4208]
	test	edx, edx
	jne	.Lbelljar_BB6_91
	xor	edi, edi
	mov	r13, qword ptr [rsp + 24]
.Lbelljar_BB6_62:
	mov	r14d, dword ptr [rsp + 12]
	jmp	.Lbelljar_BB6_29
.Lbelljar_BB6_63:
	mov	rax, qword ptr [rsp + 16]
	lea	rdi, [rax + 4204]
	mov	dword ptr [rax + 4204], 1
	mov	eax, 202
	mov	esi, 1
	mov	edx, 1
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	r14d, dword ptr [rsp + 12]
	mov	qword ptr [rsp + 128], r12
.Lbelljar_BB6_64:
	mov	esi, 1073741825
	mov	rdi, rbx
	call	.Lbelljar_wait
	test	rax, rax
	je	.Lbelljar_BB6_70
	cmp	rax, qword ptr [rbx + 16]
	jne	.Lbelljar_BB6_64
	cmp	byte ptr [rbx + 40], 0
	jne	.Lbelljar_BB6_52
	mov	rcx, qword ptr [rbx]
	mov	eax, dword ptr [rcx + 4208]
	test	eax, eax
	jne	.Lbelljar_BB6_89
	mov	rax, qword ptr [rsp + 16]
	mov	rax, qword ptr [rax + 4224]
	test	rax, rax
	setns	al
	and	edx, -256
	cmp	edx, 2816
	sete	cl
	test	al, cl
	jne	.Lbelljar_BB6_75
	mov	rsi, qword ptr [rbx + 16]
	mov	eax, 101
	mov	edi, 7
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	jmp	.Lbelljar_BB6_64
.Lbelljar_BB6_70:
	mov	rax, qword ptr [rsp + 16]
	movups	xmm0, xmmword ptr [rax + 40]
	mov	r14, qword ptr [rbx + 32]
	mov	eax, r14d
	bts	rax, 32
	mov	qword ptr [rsp + 96], rax
	movups	xmmword ptr [rsp + 104], xmm0
	mov	eax, 271
	mov	esi, 3
	mov	r8d, 8
	lea	rdi, [rsp + 96]
	xor	edx, edx
	xor	r10d, r10d
	xor	r9d, r9d
	syscall
	test	rax, rax
	jle	.Lbelljar_BB6_74
	mov	r12, rbx
	mov	rbx, qword ptr [rsp + 104]
	mov	r13, qword ptr [rsp + 112]
	movabs	rax, 281474976710655
	cmp	qword ptr [rsp + 96], rax
	jbe	.Lbelljar_BB6_73
	mov	edx, 128
	xor	eax, eax
	mov	rdi, r14
	lea	rsi, [rsp + 160]
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB6_73:
	or	r13, rbx
	movabs	rax, 281474976710655
	inc	rax
	cmp	r13, rax
	mov	rbx, r12
	mov	r12, qword ptr [rsp + 128]
	mov	r13, qword ptr [rsp + 24]
	jae	.Lbelljar_BB6_88
.Lbelljar_BB6_74:
	mov	r14d, dword ptr [rsp + 12]
	jmp	.Lbelljar_BB6_64
.Lbelljar_BB6_75:
	cmp	qword ptr [rsp + 88], 0
	je	.Lbelljar_BB6_77
	mov	eax, 157
	mov	edi, 4
	mov	esi, 1
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB6_77:
	mov	rdi, qword ptr [rbx + 16]
	mov	eax, 434
	mov	qword ptr [rsp + 120], rdi
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	rdi, rax
	cmp	rax, -4096
	ja	.Lbelljar_BB6_29
	mov	rax, qword ptr [rsp + 16]
	mov	rsi, qword ptr [rax + 4224]
	mov	eax, 438
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	cmp	rax, -4096
	ja	.Lbelljar_BB6_26
	mov	qword ptr [rbx + 24], rax
	mov	eax, 3
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	cmp	qword ptr [rsp + 88], 0
	je	.Lbelljar_BB6_81
	mov	eax, 157
	mov	edi, 4
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB6_81:
	mov	eax, 9
	mov	edi, 134217728
	mov	esi, 1
	mov	edx, 1
	mov	r10d, 50
	mov	r8, -1
	xor	r9d, r9d
	syscall
	cmp	rax, -4096
	ja	.Lbelljar_BB6_26
	mov	rax, qword ptr [rsp + 16]
	mov	dword ptr [rax + 4220], 1
	mov	eax, 101
	mov	edi, 17
	mov	rsi, qword ptr [rsp + 120]
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	jmp	.Lbelljar_BB6_52
.Lbelljar_BB6_83:
	mov	qword ptr [rbx + 16], rdi
.Lbelljar_BB6_84:
	mov	r15, qword ptr [r12 + 8]
	jmp	.Lbelljar_BB6_2
.Lbelljar_BB6_85:
	dec	r14d
	mov	qword ptr [rsp + 160], 0
	mov	qword ptr [rsp + 168], 1000000
	mov	eax, 35
	lea	rdi, [rsp + 160]
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	jmp	.Lbelljar_BB6_1
.Lbelljar_BB6_86:
	mov	ebp, edi
.Lbelljar_BB6_87:
	sub	r15, qword ptr [r12]
	movabs	rcx, -2049638230412172401
	mov	rax, r15
	mul	rcx
	mov	rax, rdx
	shr	rax, 6
	mov	edx, ebp
	add	rsp, 296
	pop	rbx
	pop	r12
	pop	r13
	pop	r14
	pop	r15
	pop	rbp
	ret
.Lbelljar_BB6_88:
	mov	rdi, rbx
	call	.Lbelljar_leave
.Lbelljar_BB6_89:
	mov	esi, dword ptr [rcx + 4212]
	mov	rdi, rbx
	mov	edx, eax
	call	.Lbelljar_fail
.Lbelljar_BB6_90:
	mov	rdi, rbx
	call	.Lbelljar_supervise
.Lbelljar_BB6_91:
	mov	esi, dword ptr [r14 + 4212]
	jmp	.Lbelljar_BB6_93
.Lbelljar_BB6_92:
	mov	esi, dword ptr [rax + 4212]
.Lbelljar_BB6_93:
	mov	rdi, rbx
	call	.Lbelljar_fail
.Lbelljar_program:
	push	rax
	call	.Lbelljar_begin_program
.Lbelljar_measure_reaped:
	mov	rsi, qword ptr [rdi + 8]
	sub	rsi, -128
	mov	eax, 98
	mov	rdi, -1
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	ret
.Lbelljar_cpu_time:
	push	rbp
	push	r15
	push	r14
	push	r13
	push	r12
	push	rbx
	sub	rsp, 4096
	mov	qword ptr [rsp], 0
	sub	rsp, 4096
	mov	qword ptr [rsp], 0
	sub	rsp, 4096
	mov	qword ptr [rsp], 0
	sub	rsp, 4096
	mov	qword ptr [rsp], 0
	sub	rsp, 88
	mov	r14, rdi
	mov	rbx, qword ptr [rdi]
	mov	rdi, qword ptr [rbx + 72]
	test	rdi, rdi
	js	.Lbelljar_BB9_4
	xorps	xmm0, xmm0
	lea	rsi, [rsp + 48]
	movups	xmmword ptr [rsi + 8192], xmm0
	xor	r15d, r15d
	mov	eax, 17
	mov	edx, 8192
	mov	r10d, 11
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	test	rax, rax
	cmovle	rax, r15
	mov	qword ptr [rsi + 8192], rax
	mov	qword ptr [rsi + 8200], r15
	mov	rdi, rsi
	call	.Lbelljar_number
	test	al, 1
	je	.Lbelljar_BB9_4
	imul	r13, rdx, 1000
	jmp	.Lbelljar_BB9_3
.Lbelljar_BB9_4:
	mov	r15, qword ptr [r14 + 8]
	lea	rsi, [r15 + 128]
	mov	eax, 98
	mov	rdi, -1
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	rax, qword ptr [r15 + 144]
	add	rax, qword ptr [r15 + 128]
	mov	rcx, qword ptr [r15 + 152]
	imul	rax, rax, 1000000000
	add	rcx, qword ptr [r15 + 136]
	imul	r13, rcx, 1000
	add	r13, rax
	mov	rdi, qword ptr [rbx + 80]
	test	rdi, rdi
	js	.Lbelljar_BB9_39
	mov	qword ptr [rsp + 8], r13
	xor	r13d, r13d
	mov	eax, 8
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	xorps	xmm0, xmm0
	lea	rsi, [rsp + 8264]
	movups	xmmword ptr [rsi + 8192], xmm0
	mov	r14d, 8192
	mov	eax, 217
	mov	edx, 8192
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	test	rax, rax
	cmovle	rax, r13
	mov	qword ptr [rsi + 8192], rax
	jle	.Lbelljar_BB9_38
	mov	eax, 1
	lea	r12, [rsp + 8264]
	mov	ebx, 3435973837
	xor	r13d, r13d
	mov	qword ptr [rsp], rdi
.Lbelljar_BB9_7:
	test	rax, rax
	je	.Lbelljar_BB9_37
	xor	r15d, r15d
.Lbelljar_BB9_9:
	lea	rax, [r15 + 19]
	mov	qword ptr [rsp + 16464], rax
	mov	rdi, r12
	call	.Lbelljar_number
	cmp	rdx, 2
	setae	cl
	and	cl, al
	cmp	cl, 1
	jne	.Lbelljar_BB9_28
	mov	rbp, rdx
	lea	edi, [8*rdx]
	mov	eax, 4294967290
	xor	rdi, rax
	xorps	xmm0, xmm0
	movaps	xmmword ptr [rsp + 48], xmm0
	mov	eax, 228
	lea	rsi, [rsp + 48]
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	movabs	rax, 499851227951
	mov	ecx, 0
	test	ebp, ebp
	je	.Lbelljar_BB9_13
	xor	ecx, ecx
.Lbelljar_BB9_12:
	shld	rcx, rax, 8
	shl	rax, 8
	mov	edx, ebp
	imul	rdx, rbx
	shr	rdx, 35
	lea	esi, [rdx + rdx]
	lea	esi, [rsi + 4*rsi]
	mov	edi, ebp
	sub	edi, esi
	add	rax, rdi
	add	rax, 48
	cmp	ebp, 10
	mov	ebp, edx
	jae	.Lbelljar_BB9_12
.Lbelljar_BB9_13:
	imul	r12, qword ptr [rsp + 48], 1000000000
	mov	r14, qword ptr [rsp + 56]
	mov	qword ptr [rsp + 32], rax
	mov	qword ptr [rsp + 40], rcx
	mov	eax, 257
	mov	edx, 526336
	mov	rdi, qword ptr [rsp]
	lea	rsi, [rsp + 32]
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	cmp	rax, -24
	je	.Lbelljar_BB9_40
	mov	rdi, rax
	test	rax, rax
	js	.Lbelljar_BB9_15
	xorps	xmm0, xmm0
	movups	xmmword ptr [rsp + 8240], xmm0
	mov	eax, 17
	mov	edx, 8192
	lea	rsi, [rsp + 48]
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	test	rax, rax
	mov	ecx, 0
	cmovle	rax, rcx
	mov	qword ptr [rsp + 8240], rax
	mov	qword ptr [rsp + 8248], rcx
	mov	eax, 3
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	rax, qword ptr [rsp + 8240]
	mov	qword ptr [rsp + 8248], rax
	mov	ecx, 0
	test	rax, rax
	je	.Lbelljar_BB9_20
	mov	rcx, rax
.Lbelljar_BB9_18:
	cmp	rcx, rax
	setae	dl
	cmp	rcx, 8192
	setae	sil
	or	sil, dl
	jne	.Lbelljar_BB9_30
	mov	dl, byte ptr [rsp + rcx + 48]
	cmp	dl, 41
	je	.Lbelljar_BB9_20
.Lbelljar_BB9_30:
	dec	rcx
	mov	qword ptr [rsp + 8248], rcx
	jne	.Lbelljar_BB9_18
	xor	ecx, ecx
.Lbelljar_BB9_20:
	mov	qword ptr [rsp + 16], r12
	mov	qword ptr [rsp + 24], r13
	cmp	rcx, rax
	jae	.Lbelljar_BB9_26
	xor	edx, edx
.Lbelljar_BB9_22:
	mov	esi, 0
	cmp	rcx, 8191
	ja	.Lbelljar_BB9_24
	mov	dil, byte ptr [rsp + rcx + 48]
	xor	esi, esi
	cmp	dil, 32
	sete	sil
.Lbelljar_BB9_24:
	inc	rcx
	mov	qword ptr [rsp + 8248], rcx
	cmp	rcx, rax
	jae	.Lbelljar_BB9_26
	add	edx, esi
	cmp	edx, 14
	jb	.Lbelljar_BB9_22
.Lbelljar_BB9_26:
	lea	r12, [rsp + 48]
	mov	rdi, r12
	call	.Lbelljar_number
	mov	rbp, rdx
	test	al, 1
	mov	r13d, 0
	cmove	rbp, r13
	inc	qword ptr [rsp + 8248]
	mov	rdi, r12
	call	.Lbelljar_number
	test	al, 1
	cmove	rdx, r13
	add	rdx, rbp
	imul	rax, rdx, 10000000
	mov	r13, qword ptr [rsp + 24]
	mov	r12, qword ptr [rsp + 16]
	jmp	.Lbelljar_BB9_27
.Lbelljar_BB9_15:
	xor	eax, eax
.Lbelljar_BB9_27:
	add	r14, r13
	add	r14, r12
	add	r14, rax
	mov	r13, r14
	mov	r14d, 8192
	lea	r12, [rsp + 8264]
.Lbelljar_BB9_28:
	lea	rcx, [r15 + 16]
	mov	rax, qword ptr [rsp + 16456]
	cmp	rcx, rax
	setae	dl
	cmp	rcx, r14
	setae	sil
	or	sil, dl
	je	.Lbelljar_BB9_32
	xor	ecx, ecx
	jmp	.Lbelljar_BB9_33
.Lbelljar_BB9_32:
	movzx	ecx, byte ptr [rsp + rcx + 8264]
.Lbelljar_BB9_33:
	lea	rdx, [r15 + 17]
	cmp	rdx, rax
	setae	sil
	cmp	rdx, 8192
	setae	dil
	or	dil, sil
	je	.Lbelljar_BB9_35
	xor	edx, edx
	jmp	.Lbelljar_BB9_36
.Lbelljar_BB9_35:
	movzx	edx, byte ptr [rsp + rdx + 8264]
	shl	edx, 8
.Lbelljar_BB9_36:
	add	rcx, r15
	add	rcx, rdx
	mov	r15, rcx
	cmp	rcx, rax
	jb	.Lbelljar_BB9_9
.Lbelljar_BB9_37:
	xorps	xmm0, xmm0
	movups	xmmword ptr [rsp + 16456], xmm0
	mov	eax, 217
	mov	edx, 8192
	mov	rdi, qword ptr [rsp]
	mov	rsi, r12
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	test	rax, rax
	mov	ecx, 0
	cmovle	rax, rcx
	mov	qword ptr [rsp + 16456], rax
	jg	.Lbelljar_BB9_7
.Lbelljar_BB9_38:
	add	r13, qword ptr [rsp + 8]
	jmp	.Lbelljar_BB9_3
.Lbelljar_BB9_39:
	mov	eax, dword ptr [r14 + 16]
	shl	eax, 3
	mov	edi, 4294967290
	xor	rdi, rax
	xorps	xmm0, xmm0
	lea	rsi, [rsp + 48]
	movaps	xmmword ptr [rsi], xmm0
	mov	eax, 228
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	imul	rax, qword ptr [rsi], 1000000000
	add	r13, qword ptr [rsi + 8]
	add	r13, rax
.Lbelljar_BB9_3:
	mov	rax, r13
	add	rsp, 16472
	pop	rbx
	pop	r12
	pop	r13
	pop	r14
	pop	r15
	pop	rbp
	ret
.Lbelljar_BB9_40:
	call	.Lbelljar_exit
.Lbelljar_number:
	mov	rcx, qword ptr [rdi + 8192]
	mov	rsi, qword ptr [rdi + 8200]
	cmp	rsi, rcx
	setae	al
	cmp	rsi, 8192
	setae	dl
	or	dl, al
	je	.Lbelljar_BB10_2
	xor	eax, eax
	ret
.Lbelljar_BB10_2:
	xor	r8d, r8d
	xor	eax, eax
.Lbelljar_BB10_3:
	mov	r9b, byte ptr [rdi + rsi]
	add	r9b, -48
	cmp	r9b, 9
	ja	.Lbelljar_BB10_6
	add	rdx, rdx
	lea	r10, [rdx + 4*rdx]
	test	al, 1
	cmove	r10, r8
	movzx	edx, r9b
	add	rdx, r10
	lea	r9, [rsi + 1]
	mov	qword ptr [rdi + 8200], r9
	mov	eax, 1
	cmp	rsi, 8190
	ja	.Lbelljar_BB10_6
	mov	rsi, r9
	cmp	r9, rcx
	jb	.Lbelljar_BB10_3
.Lbelljar_BB10_6:
	ret
.Lbelljar_wait:
	push	rbx
	mov	rdx, rsi
	mov	rbx, rdi
	lea	rsi, [rsp - 4]
	mov	dword ptr [rsi], 0
	mov	eax, 61
	mov	rdi, -1
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	cmp	rax, qword ptr [rbx + 16]
	setne	cl
	mov	edx, dword ptr [rsi]
	cmp	dl, 127
	sete	sil
	or	sil, cl
	cmp	sil, 1
	je	.Lbelljar_BB11_2
	mov	rcx, qword ptr [rbx + 8]
	mov	dword ptr [rcx + 8], edx
	mov	byte ptr [rbx + 40], 1
.Lbelljar_BB11_2:
	pop	rbx
	ret
.Lbelljar_supervise:
	push	rbp
	push	r15
	push	r14
	push	r13
	push	r12
	push	rbx
	sub	rsp, 4096
	mov	qword ptr [rsp], 0
	sub	rsp, 4096
	mov	qword ptr [rsp], 0
	sub	rsp, 88
	mov	rbx, rdi
	mov	r14, qword ptr [rdi]
	mov	rcx, qword ptr [r14 + 4232]
	mov	rax, qword ptr [r14 + 4240]
	mov	rsi, qword ptr [rdi + 8]
	mov	qword ptr [rsi + 32], rcx
	mov	qword ptr [rsi + 40], rax
	mov	edx, dword ptr [r14 + 4216]
	mov	dword ptr [rsi + 12], edx
	mov	rdx, qword ptr [r14 + 24]
	mov	r15, -1
	test	rdx, rdx
	je	.Lbelljar_BB12_2
	imul	rcx, rcx, 1000000000
	add	rcx, rax
	add	rdx, rcx
	cmovae	r15, rdx
.Lbelljar_BB12_2:
	mov	dword ptr [rsi], 1
	mov	edi, dword ptr [r14 + 56]
	mov	eax, 44
	mov	edx, 272
	mov	r10d, 16384
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	rax, qword ptr [r14 + 40]
	mov	qword ptr [rsp + 40], rax
	mov	rax, qword ptr [r14 + 48]
	mov	qword ptr [rsp + 32], rax
.Lbelljar_BB12_3:
	mov	ebp, 64
.Lbelljar_BB12_4:
	mov	esi, 1073741825
	mov	rdi, rbx
	call	.Lbelljar_wait
	mov	r13, rax
	test	rax, rax
	setle	al
	dec	ebp
	sete	cl
	or	cl, al
	cmp	cl, 1
	jne	.Lbelljar_BB12_4
	cmp	byte ptr [rbx + 40], 0
	jne	.Lbelljar_BB12_27
	xorps	xmm0, xmm0
	movaps	xmmword ptr [rsp + 64], xmm0
	mov	eax, 228
	mov	edi, 1
	lea	rsi, [rsp + 64]
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	imul	rax, qword ptr [rsp + 64], 1000000000
	add	rax, qword ptr [rsp + 72]
	mov	r12, qword ptr [rbx]
	mov	rcx, qword ptr [rbx + 8]
	sub	rax, qword ptr [rcx + 16]
	mov	r14, qword ptr [r12 + 16]
	sub	r14, rax
	jbe	.Lbelljar_BB12_28
	cmp	r15, -1
	je	.Lbelljar_BB12_14
	mov	rdi, rbx
	call	.Lbelljar_cpu_time
	cmp	rax, r15
	jb	.Lbelljar_BB12_10
	mov	rdi, rbx
	call	.Lbelljar_cpu_time
.Lbelljar_BB12_10:
	mov	rcx, r15
	sub	rcx, rax
	jbe	.Lbelljar_BB12_30
	mov	rsi, qword ptr [r12 + 32]
	test	rsi, rsi
	je	.Lbelljar_BB12_26
	mov	rax, rcx
	xor	edx, edx
	div	rsi
	cmp	rax, 2000001
	mov	ecx, 2000000
	cmovb	rax, rcx
.Lbelljar_BB12_13:
	cmp	rax, r14
	cmovb	r14, rax
.Lbelljar_BB12_14:
	test	r13, r13
	mov	eax, 0
	cmovg	r14, rax
	mov	rax, r14
	shr	rax, 9
	movabs	rcx, 19342813113834067
	mul	rcx
	shr	rdx, 11
	imul	rax, rdx, 1000000000
	sub	r14, rax
	mov	qword ptr [rsp + 48], rdx
	mov	qword ptr [rsp + 56], r14
	mov	eax, dword ptr [rbx + 24]
	movabs	rdx, 4294967296
	or	rax, rdx
	mov	r13, qword ptr [rbx + 32]
	mov	ecx, r13d
	or	rcx, rdx
	mov	rdx, qword ptr [rsp + 40]
	mov	qword ptr [rsp], rdx
	mov	rdx, qword ptr [rsp + 32]
	mov	qword ptr [rsp + 8], rdx
	mov	qword ptr [rsp + 16], rax
	mov	qword ptr [rsp + 24], rcx
	mov	eax, 271
	mov	esi, 4
	mov	r8d, 8
	mov	rdi, rsp
	lea	rdx, [rsp + 48]
	xor	r10d, r10d
	xor	r9d, r9d
	syscall
	test	rax, rax
	jle	.Lbelljar_BB12_3
	mov	rbp, qword ptr [rsp]
	mov	r14, qword ptr [rsp + 8]
	mov	r12, qword ptr [rsp + 16]
	movabs	rax, 281474976710655
	cmp	qword ptr [rsp + 24], rax
	jbe	.Lbelljar_BB12_17
	mov	edx, 128
	xor	eax, eax
	mov	rdi, r13
	lea	rsi, [rsp + 64]
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB12_17:
	mov	r13d, -63
.Lbelljar_BB12_18:
	mov	esi, 1073741825
	mov	rdi, rbx
	call	.Lbelljar_wait
	test	rax, rax
	jle	.Lbelljar_BB12_20
	test	r13d, r13d
	lea	ecx, [r13 + 1]
	mov	r13d, ecx
	jne	.Lbelljar_BB12_18
.Lbelljar_BB12_20:
	movabs	rcx, 281474976710655
	cmp	r12, rcx
	jbe	.Lbelljar_BB12_23
	lea	rax, [rcx + 1]
	test	r12, rax
	je	.Lbelljar_BB12_25
	mov	rdx, qword ptr [rbx + 8]
	mov	rdi, qword ptr [rbx + 24]
	add	rdx, 48
	mov	eax, 16
	mov	esi, 3226476800
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	cmp	rax, -4095
	jae	.Lbelljar_BB12_3
	jmp	.Lbelljar_BB12_33
.Lbelljar_BB12_23:
	cmp	byte ptr [rbx + 40], 0
	jne	.Lbelljar_BB12_31
	or	r14, rbp
	inc	rcx
	cmp	r14, rcx
	jb	.Lbelljar_BB12_3
	jmp	.Lbelljar_BB12_32
.Lbelljar_BB12_25:
	mov	qword ptr [rbx + 24], -1
	jmp	.Lbelljar_BB12_3
.Lbelljar_BB12_26:
	mov	eax, 2000000
	jmp	.Lbelljar_BB12_13
.Lbelljar_BB12_27:
	mov	ecx, 1
	jmp	.Lbelljar_BB12_35
.Lbelljar_BB12_28:
	mov	ecx, 2
	jmp	.Lbelljar_BB12_29
.Lbelljar_BB12_30:
	mov	ecx, 3
.Lbelljar_BB12_29:
	xor	r13d, r13d
	jmp	.Lbelljar_BB12_35
.Lbelljar_BB12_31:
	mov	ecx, 1
	jmp	.Lbelljar_BB12_34
.Lbelljar_BB12_32:
	mov	ecx, 4
	jmp	.Lbelljar_BB12_34
.Lbelljar_BB12_33:
	mov	ecx, 5
	xor	eax, eax
.Lbelljar_BB12_34:
	mov	r13, rax
.Lbelljar_BB12_35:
	mov	r14, qword ptr [rbx + 8]
	mov	dword ptr [r14 + 4], ecx
	xorps	xmm0, xmm0
	lea	rsi, [rsp + 64]
	movaps	xmmword ptr [rsi], xmm0
	mov	eax, 228
	mov	edi, 1
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	imul	rax, qword ptr [rsi], 1000000000
	add	rax, qword ptr [rsi + 8]
	mov	qword ptr [r14 + 24], rax
	cmp	r13, -10
	je	.Lbelljar_BB12_50
	mov	r12, qword ptr [rbx]
	cmp	dword ptr [r12 + 60], 0
	jne	.Lbelljar_BB12_48
	cmp	byte ptr [rbx + 40], 0
	jne	.Lbelljar_BB12_39
	mov	r14, qword ptr [rbx + 16]
	mov	rdi, r14
	neg	rdi
	mov	eax, 62
	mov	esi, 9
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	eax, 62
	mov	rdi, r14
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB12_39:
	xor	r15d, r15d
	lea	r14, [rsp + 64]
.Lbelljar_BB12_40:
	xorps	xmm0, xmm0
	movups	xmmword ptr [rsp + 8256], xmm0
	mov	rdi, qword ptr [r12 + 88]
	mov	eax, 17
	mov	edx, 8192
	mov	rsi, r14
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	test	rax, rax
	cmovle	rax, r15
	mov	qword ptr [rsp + 8256], rax
	mov	qword ptr [rsp + 8264], r15
	mov	rdi, r14
	call	.Lbelljar_number
	cmp	rax, 1
	jne	.Lbelljar_BB12_45
.Lbelljar_BB12_41:
	mov	rax, qword ptr [rsp + 8264]
	cmp	rax, 8191
	ja	.Lbelljar_BB12_45
	cmp	rax, qword ptr [rsp + 8256]
	jae	.Lbelljar_BB12_45
	mov	cl, byte ptr [rsp + rax + 64]
	inc	rax
	mov	qword ptr [rsp + 8264], rax
	cmp	cl, 32
	jne	.Lbelljar_BB12_45
	mov	eax, 62
	mov	esi, 9
	mov	rdi, rdx
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	rdi, r14
	call	.Lbelljar_number
	test	al, 1
	jne	.Lbelljar_BB12_41
.Lbelljar_BB12_45:
	mov	esi, 1073741825
	mov	rdi, rbx
	call	.Lbelljar_wait
	cmp	rax, -10
	je	.Lbelljar_BB12_50
	test	rax, rax
	jg	.Lbelljar_BB12_45
	mov	qword ptr [rsp + 64], 0
	mov	qword ptr [rsp + 72], 1000000
	mov	eax, 35
	mov	rdi, r14
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	r12, qword ptr [rbx]
	jmp	.Lbelljar_BB12_40
.Lbelljar_BB12_48:
	mov	eax, 62
	mov	esi, 9
	mov	rdi, -1
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	cmp	rax, -13
	je	.Lbelljar_BB12_50
.Lbelljar_BB12_49:
	mov	esi, 1073741824
	mov	rdi, rbx
	call	.Lbelljar_wait
	test	rax, rax
	jg	.Lbelljar_BB12_49
.Lbelljar_BB12_50:
	mov	rdi, rbx
	call	.Lbelljar_measure_reaped
	mov	rdi, rbx
	mov	esi, 3
	call	.Lbelljar_send
	call	.Lbelljar_exit
.Lbelljar_entry:
	push	rax
	call	.Lbelljar_begin
