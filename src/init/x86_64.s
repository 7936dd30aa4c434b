// Emitted by .ci/init from main.rs: rustc 1.95.0 (59807616e 2026-04-14)
.Lbelljar_begin_program:
	push	rbx
	sub	rsp, 16
	mov	rbx, rdi
	mov	rdi, rsp
	mov	qword ptr [rdi + 8], rbx
	mov	qword ptr [rdi], 1
	mov	rsi, qword ptr [rbx + 4096]
	call	.Lbelljar_run
	mov	dword ptr [rbx + 4184], eax
	mov	dword ptr [rbx + 4180], edx
	mov	rax, qword ptr [rbx + 4200]
	test	rax, rax
	js	.Lbelljar_BB0_4
	mov	eax, dword ptr [rbx + 4192]
	test	eax, eax
	jne	.Lbelljar_BB0_3
	mov	al, byte ptr [rbx + 16773120]
.Lbelljar_BB0_3:
	pause
	jmp	.Lbelljar_BB0_3
.Lbelljar_BB0_4:
	call	.Lbelljar_exit
.Lbelljar_program_begins:
	push	rax
	call	.Lbelljar_begin_program
.Lbelljar_clear_user:
	push	r14
	push	rbx
	push	rax
	mov	rax, qword ptr [rdi + 24]
	mov	ebx, dword ptr [rax + 68]
	test	rbx, rbx
	je	.Lbelljar_BB2_1
	mov	r14d, dword ptr [rax + 72]
	mov	eax, 56
	mov	edi, 17
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	test	rax, rax
	je	.Lbelljar_BB2_6
	mov	rdi, rax
	cmp	rax, -4096
	ja	.Lbelljar_BB2_5
	lea	rsi, [rsp + 4]
	mov	dword ptr [rsi], 0
	mov	eax, 61
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	xor	eax, eax
	cmp	dword ptr [rsi], 0
	sete	al
	lea	rdi, [rax + 4*rax]
	add	rdi, -5
	jmp	.Lbelljar_BB2_5
.Lbelljar_BB2_1:
	xor	edi, edi
.Lbelljar_BB2_5:
	mov	rax, rdi
	add	rsp, 8
	pop	rbx
	pop	r14
	ret
.Lbelljar_BB2_6:
	mov	rdi, rbx
	mov	rsi, r14
	call	.Lbelljar_clear
.Lbelljar_clear:
	push	r15
	push	r14
	push	rbx
	sub	rsp, 144
	mov	rdx, rsi
	mov	rsi, rdi
	mov	eax, 117
	mov	rdi, rdx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	ebx, 1
	cmp	rax, -4096
	ja	.Lbelljar_BB3_17
	xorps	xmm0, xmm0
	lea	rsi, [rsp + 16]
	movaps	xmmword ptr [rsi], xmm0
	mov	qword ptr [rsi + 16], 0
	lea	rdi, [rsp + 8]
	mov	qword ptr [rdi], 537396514
	mov	eax, 126
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	cmp	rax, -4096
	ja	.Lbelljar_BB3_17
	mov	esi, 9
	mov	rdi, -1
	call	.Lbelljar_signal
	lea	rdx, [rsp + 16]
	mov	eax, 31
	mov	esi, 14
	xor	edi, edi
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	test	rax, rax
	js	.Lbelljar_BB3_7
	mov	rbx, rax
	xor	r14d, r14d
.Lbelljar_BB3_4:
	mov	eax, 31
	mov	esi, 15
	mov	rdi, r14
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	cmp	rax, -4096
	ja	.Lbelljar_BB3_6
	mov	rdi, rax
	mov	eax, 31
	xor	esi, esi
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB3_6:
	inc	r14
	cmp	r14, rbx
	jle	.Lbelljar_BB3_4
.Lbelljar_BB3_7:
	lea	rdx, [rsp + 16]
	mov	eax, 71
	mov	esi, 12
	xor	edi, edi
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	test	rax, rax
	js	.Lbelljar_BB3_12
	mov	rbx, rax
	xor	r14d, r14d
.Lbelljar_BB3_9:
	mov	eax, 71
	mov	esi, 13
	mov	rdi, r14
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	cmp	rax, -4096
	ja	.Lbelljar_BB3_11
	mov	rdi, rax
	mov	eax, 71
	xor	esi, esi
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB3_11:
	inc	r14
	cmp	r14, rbx
	jle	.Lbelljar_BB3_9
.Lbelljar_BB3_12:
	xor	ebx, ebx
	lea	r10, [rsp + 16]
	mov	eax, 66
	mov	edx, 19
	xor	edi, edi
	xor	esi, esi
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	test	rax, rax
	js	.Lbelljar_BB3_17
	mov	r14, rax
	xor	ebx, ebx
	xor	r15d, r15d
.Lbelljar_BB3_14:
	mov	eax, 66
	mov	edx, 20
	mov	rdi, r15
	xor	esi, esi
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	cmp	rax, -4096
	ja	.Lbelljar_BB3_16
	mov	rdi, rax
	mov	eax, 66
	xor	esi, esi
	xor	edx, edx
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB3_16:
	inc	r15
	cmp	r15, r14
	jle	.Lbelljar_BB3_14
.Lbelljar_BB3_17:
	mov	eax, 231
	mov	rdi, rbx
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	jmp	.Lbelljar_BB3_17
.Lbelljar_words:
	mov	rax, rdi
	ret
.Lbelljar_begin:
	push	rbx
	sub	rsp, 96
	lea	rax, [rdi + 176]
	lea	rbx, [rsp + 24]
	mov	qword ptr [rbx + 24], rdi
	mov	qword ptr [rbx + 32], rax
	xor	ecx, ecx
	mov	qword ptr [rbx + 40], rcx
	mov	qword ptr [rbx + 48], -1
	xorps	xmm0, xmm0
	movups	xmmword ptr [rbx + 56], xmm0
	mov	qword ptr [rbx], rcx
	lea	rax, [rsp + 8]
	mov	qword ptr [rax + 8], rbx
	mov	qword ptr [rax], rcx
	mov	rsi, qword ptr [rdi]
	mov	rdi, rax
	call	.Lbelljar_run
	mov	ecx, edx
	mov	rdi, rbx
	mov	esi, -1
	mov	edx, eax
	call	.Lbelljar_fail
.Lbelljar_exit:
	push	rax
	mov	eax, 231
	mov	edi, 1
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	ud2
	ud2
.Lbelljar_clock:
	xorps	xmm0, xmm0
	lea	rsi, [rsp - 24]
	movaps	xmmword ptr [rsi], xmm0
	mov	eax, 228
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	imul	rax, qword ptr [rsi], 1000000000
	add	rax, qword ptr [rsi + 8]
	ret
.Lbelljar_close:
	test	rdi, rdi
	js	.Lbelljar_BB8_1
	mov	eax, 3
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	ret
.Lbelljar_BB8_1:
	ret
.Lbelljar_signal:
	mov	eax, 62
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	ret
.Lbelljar_run:
	push	rbp
	push	r15
	push	r14
	push	r13
	push	r12
	push	rbx
	sub	rsp, 168
	mov	qword ptr [rsp + 144], rsi
	mov	bpl, byte ptr [rdi]
	mov	qword ptr [rsp + 128], rdi
	mov	r12, qword ptr [rdi + 8]
	lea	rax, [r12 + 4176]
	mov	qword ptr [rsp + 96], rax
	mov	r13d, 200
	xor	r15d, r15d
	mov	dword ptr [rsp + 8], 0
	mov	byte ptr [rsp + 7], bpl
	mov	qword ptr [rsp + 40], r12
.Lbelljar_BB10_1:
	mov	eax, r15d
	lea	rax, [rax + 8*rax]
	mov	rcx, qword ptr [rsp + 144]
	lea	rbx, [rcx + 8*rax]
.Lbelljar_BB10_2:
	movups	xmm0, xmmword ptr [rbx + 24]
	movups	xmm1, xmmword ptr [rbx + 40]
	movups	xmm2, xmmword ptr [rbx + 56]
	movaps	xmmword ptr [rsp + 80], xmm2
	movaps	xmmword ptr [rsp + 64], xmm1
	movaps	xmmword ptr [rsp + 48], xmm0
	xor	eax, eax
.Lbelljar_BB10_3:
	mov	ecx, dword ptr [rbx + 4]
	bt	ecx, eax
	jae	.Lbelljar_BB10_5
	mov	rcx, qword ptr [rsp + 8*rax + 48]
	mov	rcx, qword ptr [rcx]
	mov	qword ptr [rsp + 8*rax + 48], rcx
.Lbelljar_BB10_5:
	inc	rax
	cmp	rax, 6
	jne	.Lbelljar_BB10_3
	mov	eax, dword ptr [rbx]
	cmp	eax, 4101
	jle	.Lbelljar_BB10_14
	cmp	eax, 4104
	jg	.Lbelljar_BB10_19
	cmp	eax, 4102
	je	.Lbelljar_BB10_29
	cmp	eax, 4103
	je	.Lbelljar_BB10_42
	cmp	eax, 4104
	jne	.Lbelljar_BB10_49
	test	bpl, bpl
	je	.Lbelljar_BB10_13
	mov	eax, dword ptr [r12 + 4188]
	test	eax, eax
	jne	.Lbelljar_BB10_87
.Lbelljar_BB10_13:
	mov	rdi, qword ptr [rsp + 48]
	mov	rsi, qword ptr [rsp + 56]
	mov	rdx, qword ptr [rsp + 64]
	mov	eax, 1
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	jmp	.Lbelljar_BB10_50
.Lbelljar_BB10_14:
	cmp	eax, 4098
	jg	.Lbelljar_BB10_24
	cmp	eax, 4096
	je	.Lbelljar_BB10_27
	cmp	eax, 4097
	je	.Lbelljar_BB10_40
	cmp	eax, 4098
	jne	.Lbelljar_BB10_49
	test	bpl, bpl
	jne	.Lbelljar_BB10_49
	jmp	.Lbelljar_BB10_100
.Lbelljar_BB10_19:
	cmp	eax, 4105
	je	.Lbelljar_BB10_31
	cmp	eax, 4106
	je	.Lbelljar_BB10_43
	cmp	eax, 4107
	jne	.Lbelljar_BB10_49
	test	bpl, bpl
	jne	.Lbelljar_BB10_49
	mov	rdi, r12
	call	.Lbelljar_clear_user
	jmp	.Lbelljar_BB10_50
.Lbelljar_BB10_24:
	cmp	eax, 4099
	je	.Lbelljar_BB10_38
	cmp	eax, 4101
	jne	.Lbelljar_BB10_48
	test	bpl, bpl
	je	.Lbelljar_BB10_49
	jmp	.Lbelljar_BB10_86
.Lbelljar_BB10_27:
	mov	rax, qword ptr [rsp + 48]
	mov	rax, qword ptr [rax]
	and	rax, qword ptr [rsp + 56]
	cmp	rax, qword ptr [rsp + 64]
	je	.Lbelljar_BB10_87
	mov	rcx, qword ptr [rsp + 72]
	jmp	.Lbelljar_BB10_39
.Lbelljar_BB10_29:
	test	bpl, bpl
	jne	.Lbelljar_BB10_49
	mov	rdi, r12
	xor	esi, esi
	call	.Lbelljar_open
	jmp	.Lbelljar_BB10_50
.Lbelljar_BB10_31:
	test	bpl, bpl
	je	.Lbelljar_BB10_49
	mov	rdx, qword ptr [r12 + 4224]
	mov	r8, qword ptr [r12 + 4120]
	test	r8, r8
	mov	qword ptr [rsp + 24], r15
	mov	dword ptr [rsp + 12], r13d
	mov	qword ptr [rsp + 136], rdx
	je	.Lbelljar_BB10_66
	xor	eax, eax
	xor	r9d, r9d
.Lbelljar_BB10_34:
	mov	rcx, qword ptr [r12 + 4104]
	mov	rcx, qword ptr [rax + rcx]
	cmp	r9, rcx
	jne	.Lbelljar_BB10_58
	mov	rcx, qword ptr [r12 + 4128]
	mov	rcx, qword ptr [rax + rcx]
	cmp	r9, rcx
	jne	.Lbelljar_BB10_58
	inc	r9
	add	rax, 8
	cmp	r8, r9
	jne	.Lbelljar_BB10_34
	mov	qword ptr [rsp + 16], 0
	mov	r9, r8
	jmp	.Lbelljar_BB10_59
.Lbelljar_BB10_38:
	mov	rcx, qword ptr [rsp + 48]
.Lbelljar_BB10_39:
	xor	eax, eax
	sub	rax, rcx
	jmp	.Lbelljar_BB10_50
.Lbelljar_BB10_40:
	test	bpl, bpl
	jne	.Lbelljar_BB10_49
	mov	rdi, r12
	xor	esi, esi
	call	.Lbelljar_start
	jmp	.Lbelljar_BB10_50
.Lbelljar_BB10_42:
	test	bpl, bpl
	je	.Lbelljar_BB10_49
	jmp	.Lbelljar_BB10_85
.Lbelljar_BB10_43:
	test	bpl, bpl
	je	.Lbelljar_BB10_49
	mov	eax, 157
	mov	edi, 1
	mov	esi, 9
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	r14, rax
	cmp	rax, -4096
	jbe	.Lbelljar_BB10_92
	cmp	r14, -26
	jne	.Lbelljar_BB10_93
	test	r13d, r13d
	jle	.Lbelljar_BB10_93
	dec	r13d
	jmp	.Lbelljar_BB10_54
.Lbelljar_BB10_48:
	cmp	eax, 4100
	je	.Lbelljar_BB10_97
.Lbelljar_BB10_49:
	mov	rdi, qword ptr [rsp + 48]
	mov	rsi, qword ptr [rsp + 56]
	mov	rdx, qword ptr [rsp + 64]
	mov	r10, qword ptr [rsp + 72]
	mov	r8, qword ptr [rsp + 80]
	mov	r9, qword ptr [rsp + 88]
	syscall
.Lbelljar_BB10_50:
	mov	r14, rax
	cmp	rax, -4096
	jbe	.Lbelljar_BB10_88
.Lbelljar_BB10_51:
	cmp	r14, -26
	jne	.Lbelljar_BB10_93
	test	r13d, r13d
	jle	.Lbelljar_BB10_93
	dec	r13d
	test	bpl, bpl
	je	.Lbelljar_BB10_55
.Lbelljar_BB10_54:
	cmp	dword ptr [r12 + 4196], 0
	je	.Lbelljar_BB10_56
.Lbelljar_BB10_55:
	mov	qword ptr [rsp + 152], 0
	mov	qword ptr [rsp + 160], 1000000
	mov	eax, 35
	lea	rdi, [rsp + 152]
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	jmp	.Lbelljar_BB10_2
.Lbelljar_BB10_56:
	mov	eax, 20000
.Lbelljar_BB10_57:
	pause
	dec	eax
	jne	.Lbelljar_BB10_57
	jmp	.Lbelljar_BB10_2
.Lbelljar_BB10_58:
	mov	al, 1
	mov	qword ptr [rsp + 16], rax
.Lbelljar_BB10_59:
	xor	eax, eax
	xor	ebp, ebp
	mov	r15, rdx
	xor	ecx, ecx
.Lbelljar_BB10_60:
	mov	rdx, qword ptr [r12 + 4128]
	mov	rsi, qword ptr [rax + rdx]
	xor	edx, edx
	cmp	rsi, rbp
	sete	sil
	mov	rdi, qword ptr [r12 + 4128]
	mov	rdi, qword ptr [rax + rdi]
	cmp	rdi, r15
	cmova	r15, rdi
	cmp	rcx, r9
	jb	.Lbelljar_BB10_64
	mov	rdi, qword ptr [r12 + 4104]
	mov	rdi, qword ptr [rax + rdi]
	cmp	rdi, r15
	ja	.Lbelljar_BB10_63
	mov	rdi, r15
.Lbelljar_BB10_63:
	mov	r15, rdi
.Lbelljar_BB10_64:
	inc	rcx
	mov	dl, sil
	add	rbp, rdx
	add	rax, 8
	cmp	r8, rcx
	jne	.Lbelljar_BB10_60
	cmp	rbp, r15
	cmova	r15, rbp
	jmp	.Lbelljar_BB10_67
.Lbelljar_BB10_66:
	mov	qword ptr [rsp + 16], 0
	xor	r9d, r9d
	mov	r15, rdx
	xor	ebp, ebp
.Lbelljar_BB10_67:
	lea	rsi, [r15 + 1]
	lea	r12, [8*r9]
	mov	qword ptr [rsp + 104], rsi
	mov	qword ptr [rsp + 120], r12
	mov	qword ptr [rsp + 112], r9
	mov	r13, r9
	mov	qword ptr [rsp + 32], r8
.Lbelljar_BB10_68:
	cmp	r13, r8
	jae	.Lbelljar_BB10_70
	inc	r13
	mov	rax, qword ptr [rsp + 40]
	mov	rax, qword ptr [rax + 4104]
	mov	rdi, qword ptr [r12 + rax]
	mov	eax, 292
	mov	edx, 524288
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	r8, qword ptr [rsp + 32]
	add	r12, 8
	inc	rsi
	cmp	rax, -4096
	jbe	.Lbelljar_BB10_68
	jmp	.Lbelljar_BB10_72
.Lbelljar_BB10_70:
	mov	rdi, qword ptr [rsp + 136]
	cmp	rdi, rbp
	je	.Lbelljar_BB10_73
	mov	eax, 292
	mov	edx, 524288
	mov	rsi, rbp
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	r8, qword ptr [rsp + 32]
	cmp	rax, -4096
	jbe	.Lbelljar_BB10_73
.Lbelljar_BB10_72:
	mov	r14, rax
	mov	r15, qword ptr [rsp + 24]
	mov	bpl, byte ptr [rsp + 7]
	mov	r12, qword ptr [rsp + 40]
	mov	r13d, dword ptr [rsp + 12]
	jmp	.Lbelljar_BB10_51
.Lbelljar_BB10_73:
	mov	rdi, qword ptr [rsp + 112]
	cmp	rbp, rdi
	mov	r12, qword ptr [rsp + 40]
	mov	r13d, dword ptr [rsp + 12]
	jbe	.Lbelljar_BB10_75
	lea	rsi, [rbp - 1]
	mov	eax, 436
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	r8, qword ptr [rsp + 32]
	cmp	rax, -4096
	ja	.Lbelljar_BB10_77
.Lbelljar_BB10_75:
	inc	rbp
	cmp	byte ptr [rsp + 16], 0
	mov	eax, 4294967295
	cmove	r15, rax
	lea	rax, [r15 + 1]
	cmp	rax, rbp
	jbe	.Lbelljar_BB10_78
	mov	eax, 436
	mov	rdi, rbp
	mov	rsi, r15
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	r8, qword ptr [rsp + 32]
	cmp	rax, -4096
	jbe	.Lbelljar_BB10_78
.Lbelljar_BB10_77:
	mov	r14, rax
	mov	r15, qword ptr [rsp + 24]
	jmp	.Lbelljar_BB10_82
.Lbelljar_BB10_78:
	mov	rdi, qword ptr [rsp + 104]
	mov	r15, qword ptr [rsp + 24]
	mov	rcx, qword ptr [rsp + 112]
.Lbelljar_BB10_79:
	cmp	rcx, r8
	jae	.Lbelljar_BB10_83
	mov	r14, rcx
	inc	r14
	mov	rax, qword ptr [r12 + 4128]
	mov	rbp, qword ptr [rsp + 120]
	mov	rsi, qword ptr [rbp + rax]
	mov	eax, 292
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	r8, qword ptr [rsp + 32]
	mov	rcx, r14
	inc	rdi
	add	rbp, 8
	mov	qword ptr [rsp + 120], rbp
	cmp	rax, -4096
	jbe	.Lbelljar_BB10_79
	mov	r14, rax
.Lbelljar_BB10_82:
	mov	bpl, byte ptr [rsp + 7]
	jmp	.Lbelljar_BB10_51
.Lbelljar_BB10_83:
	mov	rdi, qword ptr [rsp + 104]
	mov	rax, rdi
	shr	rax, 32
	setne	al
	mov	rcx, qword ptr [rsp + 16]
	xor	cl, 1
	or	cl, al
	mov	bpl, byte ptr [rsp + 7]
	jne	.Lbelljar_BB10_87
	mov	eax, 436
	mov	esi, 4294967295
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	r14, rax
	mov	eax, 0
	cmp	r14, -4096
	jbe	.Lbelljar_BB10_88
	jmp	.Lbelljar_BB10_51
.Lbelljar_BB10_85:
	mov	al, byte ptr [r12 + 16773120]
	jmp	.Lbelljar_BB10_87
.Lbelljar_BB10_86:
	mov	rax, qword ptr [rsp + 96]
	mov	eax, dword ptr [rax]
	test	eax, eax
	je	.Lbelljar_BB10_91
.Lbelljar_BB10_87:
	xor	eax, eax
.Lbelljar_BB10_88:
	cmp	byte ptr [rbx + 5], 0
	jne	.Lbelljar_BB10_97
	mov	rcx, qword ptr [rbx + 8]
	test	rcx, rcx
	je	.Lbelljar_BB10_96
	mov	qword ptr [rcx], rax
	jmp	.Lbelljar_BB10_96
.Lbelljar_BB10_91:
	mov	eax, 202
	mov	rdi, qword ptr [rsp + 96]
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	ecx, dword ptr [rdi]
	mov	eax, 0
	test	ecx, ecx
	je	.Lbelljar_BB10_91
	jmp	.Lbelljar_BB10_88
.Lbelljar_BB10_92:
	mov	eax, 110
	xor	edi, edi
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	rcx, rax
	mov	rdx, qword ptr [r12 + 4168]
	mov	rax, r14
	mov	r14, -3
	cmp	rcx, rdx
	je	.Lbelljar_BB10_88
.Lbelljar_BB10_93:
	neg	r14
	cmp	r14, 63
	ja	.Lbelljar_BB10_98
	mov	rax, qword ptr [rbx + 16]
	bt	rax, r14
	jae	.Lbelljar_BB10_98
	mov	eax, dword ptr [rsp + 8]
	cmp	eax, 13
	cmovne	eax, r14d
	mov	dword ptr [rsp + 8], eax
.Lbelljar_BB10_96:
	inc	r15d
	jmp	.Lbelljar_BB10_1
.Lbelljar_BB10_97:
	mov	edx, dword ptr [rsp + 8]
	jmp	.Lbelljar_BB10_99
.Lbelljar_BB10_98:
	mov	edx, r14d
.Lbelljar_BB10_99:
	mov	eax, r15d
	add	rsp, 168
	pop	rbx
	pop	r12
	pop	r13
	pop	r14
	pop	r15
	pop	rbp
	ret
.Lbelljar_BB10_100:
	mov	rax, qword ptr [rsp + 128]
	mov	rdi, qword ptr [rax + 8]
	call	.Lbelljar_supervise
.Lbelljar_take:
	push	r15
	push	r14
	push	r12
	push	rbx
	push	rax
	cmp	dword ptr [rdi], 1
	jne	.Lbelljar_BB11_10
	mov	r14, rsi
	mov	r15, rdi
	mov	rax, qword ptr [rdi + 24]
	mov	rbx, rsi
	shl	rbx, 24
	add	rbx, qword ptr [rax + 8]
	mov	rax, qword ptr [rdi + 16]
	test	rcx, rcx
	je	.Lbelljar_BB11_7
	shl	rcx, 2
	lea	rsi, [8*rax]
	lea	rdi, [rcx - 4]
	shr	rdi, 2
	add	rdi, rax
	inc	rdi
	xor	r8d, r8d
.Lbelljar_BB11_3:
	cmp	rax, qword ptr [rbx + 4112]
	jae	.Lbelljar_BB11_5
	mov	r9, qword ptr [rbx + 4104]
	movsxd	r10, dword ptr [rdx + r8]
	mov	qword ptr [rsi + r9], r10
.Lbelljar_BB11_5:
	inc	rax
	add	rsi, 8
	add	r8, 4
	cmp	rcx, r8
	jne	.Lbelljar_BB11_3
	mov	rax, rdi
.Lbelljar_BB11_7:
	mov	qword ptr [r15], 1
	mov	qword ptr [r15 + 8], r14
	mov	qword ptr [r15 + 16], rax
	cmp	rax, qword ptr [rbx + 4112]
	jae	.Lbelljar_BB11_8
.Lbelljar_BB11_10:
	add	rsp, 8
	pop	rbx
	pop	r12
	pop	r14
	pop	r15
	ret
.Lbelljar_BB11_8:
	mov	qword ptr [r15], 0
	mov	rdi, r15
	mov	rsi, r14
	call	.Lbelljar_start
	cmp	rax, -4096
	jbe	.Lbelljar_BB11_9
	mov	r12, rax
	mov	eax, 11
	mov	esi, 16777216
	mov	rdi, rbx
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	neg	r12d
	mov	rax, qword ptr [r15 + 32]
	mov	dword ptr [rax + 8], -1
	mov	dword ptr [rax + 12], r12d
	mov	rdi, r15
	mov	esi, 2
	mov	edx, r14d
	add	rsp, 8
	pop	rbx
	pop	r12
	pop	r14
	pop	r15
	jmp	.Lbelljar_tell
.Lbelljar_BB11_9:
	mov	rdi, r15
	mov	rsi, r14
	call	.Lbelljar_open
	cmp	rax, -4096
	jbe	.Lbelljar_BB11_10
	mov	dword ptr [rbx + 4184], -1
	neg	eax
	mov	dword ptr [rbx + 4180], eax
	cmp	dword ptr [rbx + 4272], 0
	jne	.Lbelljar_BB11_10
	mov	dword ptr [rbx + 4272], 7
	cmp	dword ptr [rbx + 4268], 0
	jne	.Lbelljar_BB11_10
	mov	rdi, qword ptr [rbx + 4232]
	mov	esi, 9
	add	rsp, 8
	pop	rbx
	pop	r12
	pop	r14
	pop	r15
	jmp	.Lbelljar_signal
.Lbelljar_tell:
	mov	rcx, qword ptr [rdi + 32]
	mov	dword ptr [rcx], esi
	mov	dword ptr [rcx + 4], edx
	mov	rax, qword ptr [rdi + 24]
	mov	edi, dword ptr [rax + 56]
	mov	eax, 44
	mov	edx, 288
	mov	r10d, 16448
	mov	rsi, rcx
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	cmp	rax, -11
	je	.Lbelljar_BB12_2
	ret
.Lbelljar_BB12_2:
	push	rax
	call	.Lbelljar_exit
.Lbelljar_tell_failure:
	mov	eax, esi
	mov	rsi, qword ptr [rdi + 32]
	mov	dword ptr [rsi + 8], edx
	mov	dword ptr [rsi + 12], ecx
	mov	esi, 2
	mov	edx, eax
	jmp	.Lbelljar_tell
.Lbelljar_fail:
	push	rbp
	push	r15
	push	r14
	push	r13
	push	r12
	push	rbx
	push	rax
	mov	ebp, ecx
	mov	r14d, edx
	mov	r15d, esi
	mov	rbx, rdi
	mov	r12, qword ptr [rdi + 40]
	test	r12, r12
	je	.Lbelljar_BB14_6
	mov	r13, qword ptr [rbx + 24]
.Lbelljar_BB14_2:
	bsf	rax, r12
	shl	eax, 24
	add	rax, qword ptr [r13 + 8]
	je	.Lbelljar_BB14_6
	cmp	dword ptr [rax + 4268], 0
	jne	.Lbelljar_BB14_5
	mov	rdi, qword ptr [rax + 4232]
	mov	esi, 9
	call	.Lbelljar_signal
.Lbelljar_BB14_5:
	lea	rax, [r12 - 1]
	and	r12, rax
	jne	.Lbelljar_BB14_2
.Lbelljar_BB14_6:
	mov	rdi, rbx
	mov	esi, r15d
	mov	edx, r14d
	mov	ecx, ebp
	call	.Lbelljar_tell_failure
	mov	rdi, rbx
	call	.Lbelljar_leave
.Lbelljar_open:
	push	r14
	push	rbx
	push	rax
	mov	rbx, rsi
	mov	rax, qword ptr [rdi + 24]
	shl	rbx, 24
	add	rbx, qword ptr [rax + 8]
	cmp	qword ptr [rdi + 48], 0
	jns	.Lbelljar_BB15_2
	call	.Lbelljar_hear_of_children
.Lbelljar_BB15_2:
	mov	edi, 1
	call	.Lbelljar_clock
	mov	qword ptr [rbx + 4240], rax
	cmp	dword ptr [rbx + 4160], 0
	je	.Lbelljar_BB15_8
	cmp	dword ptr [rbx + 4164], 0
	je	.Lbelljar_BB15_5
	mov	eax, 157
	mov	edi, 4
	mov	esi, 1
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB15_5:
	mov	rsi, qword ptr [rbx + 4232]
	mov	eax, 101
	mov	edi, 16902
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	r14, rax
	cmp	dword ptr [rbx + 4164], 0
	je	.Lbelljar_BB15_7
	mov	eax, 157
	mov	edi, 4
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB15_7:
	cmp	r14, -4096
	jbe	.Lbelljar_BB15_8
	mov	eax, dword ptr [rbx + 4180]
	test	eax, eax
	je	.Lbelljar_BB15_10
.Lbelljar_BB15_8:
	mov	dword ptr [rbx + 4176], 1
	add	rbx, 4176
	xor	r14d, r14d
	mov	eax, 202
	mov	esi, 1
	mov	edx, 1
	mov	rdi, rbx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB15_10:
	mov	rax, r14
	add	rsp, 8
	pop	rbx
	pop	r14
	ret
.Lbelljar_start:
	push	rbp
	push	r15
	push	r14
	push	r13
	push	r12
	push	rbx
	sub	rsp, 104
	mov	r14, rsi
	mov	rbx, rdi
	mov	rax, qword ptr [rdi + 24]
	mov	r15, rsi
	shl	r15, 24
	add	r15, qword ptr [rax + 8]
	mov	rdi, rsp
	mov	qword ptr [rdi], 0
	mov	eax, 293
	mov	esi, 524288
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	rbp, rax
	cmp	rax, -4096
	ja	.Lbelljar_BB16_11
	movsxd	rax, dword ptr [rsp]
	movsxd	r13, dword ptr [rsp + 4]
	mov	qword ptr [r15 + 4224], r13
	mov	qword ptr [rsp + 8], rax
	mov	qword ptr [r15 + 4248], rax
	mov	eax, 39
	xor	edi, edi
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	qword ptr [r15 + 4168], rax
	mov	rax, qword ptr [r15 + 4152]
	test	rax, rax
	je	.Lbelljar_BB16_4
	mov	rax, qword ptr [rax]
	movabs	rcx, 8589934848
	lea	rdi, [rsp + 16]
	mov	qword ptr [rdi], rcx
	xorps	xmm0, xmm0
	movups	xmmword ptr [rdi + 8], xmm0
	xor	ecx, ecx
	mov	qword ptr [rdi + 24], rcx
	mov	qword ptr [rdi + 32], 17
	mov	qword ptr [rdi + 40], r15
	mov	qword ptr [rdi + 48], 4096
	movups	xmmword ptr [rdi + 56], xmm0
	mov	qword ptr [rdi + 72], rcx
	mov	qword ptr [rdi + 80], rax
	mov	dword ptr [r15 + 4188], 1
	mov	eax, 435
	mov	esi, 88
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	mov	r9, r15
	syscall
	test	rax, rax
	jne	.Lbelljar_tmp0
	xor	ebp, ebp
	mov	rdi, r9
	call	.Lbelljar_program_begins
.Lbelljar_tmp0:
	test	rax, rax
	jg	.Lbelljar_BB16_5
	mov	dword ptr [r15 + 4188], 0
.Lbelljar_BB16_4:
	lea	rsi, [r15 + 4096]
	mov	eax, 56
	mov	edi, 273
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	mov	r9, r15
	syscall
	test	rax, rax
	jne	.Lbelljar_tmp1
	xor	ebp, ebp
	mov	rdi, r9
	call	.Lbelljar_program_begins
.Lbelljar_tmp1:
.Lbelljar_BB16_5:
	mov	rbp, rax
	mov	rdi, r13
	call	.Lbelljar_close
	mov	r13, qword ptr [r15 + 4112]
	test	r13, r13
	je	.Lbelljar_BB16_8
	xor	r12d, r12d
.Lbelljar_BB16_7:
	mov	rax, qword ptr [r15 + 4104]
	mov	rdi, qword ptr [r12 + rax]
	call	.Lbelljar_close
	add	r12, 8
	dec	r13
	jne	.Lbelljar_BB16_7
.Lbelljar_BB16_8:
	cmp	rbp, -4096
	jbe	.Lbelljar_BB16_9
	mov	rdi, qword ptr [rsp + 8]
	call	.Lbelljar_close
	jmp	.Lbelljar_BB16_11
.Lbelljar_BB16_9:
	mov	qword ptr [r15 + 4232], rbp
	mov	eax, 1
	mov	ecx, r14d
	shl	rax, cl
	or	qword ptr [rbx + 40], rax
	xor	ebp, ebp
.Lbelljar_BB16_11:
	mov	rax, rbp
	add	rsp, 104
	pop	rbx
	pop	r12
	pop	r13
	pop	r14
	pop	r15
	pop	rbp
	ret
.Lbelljar_started:
	push	r15
	push	r14
	push	r12
	push	rbx
	push	rax
	mov	rbx, rsi
	mov	r14, rdi
	mov	rax, qword ptr [rdi + 24]
	mov	r15, qword ptr [rax + 8]
	mov	r12, rsi
	shl	r12, 24
	mov	rdi, qword ptr [r15 + r12 + 4248]
	mov	qword ptr [r15 + r12 + 4248], -1
	call	.Lbelljar_close
	mov	ecx, dword ptr [r15 + r12 + 4180]
	test	ecx, ecx
	je	.Lbelljar_BB17_1
.Lbelljar_BB17_4:
	mov	rax, qword ptr [r14 + 24]
	cmp	dword ptr [rax + 64], 0
	jne	.Lbelljar_BB17_8
	cmp	dword ptr [r15 + r12 + 4272], 0
	jne	.Lbelljar_BB17_9
	mov	dword ptr [r15 + r12 + 4272], 7
	cmp	dword ptr [r15 + r12 + 4268], 0
	je	.Lbelljar_BB17_7
.Lbelljar_BB17_9:
	add	rsp, 8
	pop	rbx
	pop	r12
	pop	r14
	pop	r15
	ret
.Lbelljar_BB17_1:
	mov	rax, qword ptr [r15 + r12 + 4200]
	test	rax, rax
	js	.Lbelljar_BB17_10
	mov	eax, dword ptr [r15 + r12 + 4192]
	cmp	dword ptr [r15 + r12 + 4160], eax
	jbe	.Lbelljar_BB17_10
	mov	dword ptr [r15 + r12 + 4184], -2
	mov	dword ptr [r15 + r12 + 4180], 5
	mov	ecx, 5
	jmp	.Lbelljar_BB17_4
.Lbelljar_BB17_10:
	mov	rax, qword ptr [r15 + r12 + 4208]
	imul	rax, rax, 1000000000
	mov	rcx, qword ptr [r15 + r12 + 4216]
	add	rcx, rax
	add	qword ptr [r14 + 64], rcx
	mov	rax, qword ptr [r15 + r12 + 4208]
	imul	rax, rax, 1000000000
	mov	rcx, qword ptr [r15 + r12 + 4216]
	add	rcx, rax
	mov	rax, rcx
	shr	rax, 9
	movabs	rdx, 19342813113834067
	mul	rdx
	shr	rdx, 11
	imul	rax, rdx, 1000000000
	sub	rcx, rax
	mov	rax, qword ptr [r14 + 32]
	mov	qword ptr [rax + 48], rdx
	mov	qword ptr [rax + 56], rcx
	mov	ecx, dword ptr [r15 + r12 + 4188]
	mov	dword ptr [rax + 24], ecx
	mov	rdi, r14
	mov	esi, 1
	mov	edx, ebx
	add	rsp, 8
	pop	rbx
	pop	r12
	pop	r14
	pop	r15
	jmp	.Lbelljar_tell
.Lbelljar_BB17_7:
	mov	rdi, qword ptr [r15 + r12 + 4232]
	mov	esi, 9
	add	rsp, 8
	pop	rbx
	pop	r12
	pop	r14
	pop	r15
	jmp	.Lbelljar_signal
.Lbelljar_BB17_8:
	mov	edx, dword ptr [r15 + r12 + 4184]
	mov	rdi, r14
	mov	esi, ebx
	call	.Lbelljar_fail
.Lbelljar_tell_end:
	mov	rcx, rsi
	mov	rax, qword ptr [rdi + 24]
	mov	rax, qword ptr [rax + 8]
	mov	r8, rsi
	shl	r8, 24
	lea	rsi, [rax + r8]
	mov	eax, dword ptr [rax + r8 + 4272]
	test	eax, eax
	cmovne	edx, eax
	cmp	edx, 7
	jne	.Lbelljar_BB18_2
	mov	eax, dword ptr [rsi + 4184]
	mov	edx, dword ptr [rsi + 4180]
	mov	rsi, qword ptr [rdi + 32]
	mov	dword ptr [rsi + 8], eax
	mov	dword ptr [rsi + 12], edx
	mov	esi, 2
	jmp	.Lbelljar_BB18_7
.Lbelljar_BB18_2:
	mov	r8, qword ptr [rdi + 32]
	mov	dword ptr [r8 + 16], edx
	mov	eax, dword ptr [rsi + 4264]
	mov	dword ptr [r8 + 20], eax
	mov	rax, qword ptr [rsi + 4240]
	mov	qword ptr [r8 + 32], rax
	mov	rax, qword ptr [rsi + 4280]
	mov	qword ptr [r8 + 40], rax
	mov	rax, qword ptr [rsi + 4208]
	imul	rax, rax, 1000000000
	mov	r9, qword ptr [rsi + 4216]
	add	r9, rax
	mov	rax, r9
	shr	rax, 9
	movabs	rdx, 19342813113834067
	mul	rdx
	shr	rdx, 11
	imul	rax, rdx, 1000000000
	sub	r9, rax
	mov	qword ptr [r8 + 48], rdx
	mov	qword ptr [r8 + 56], r9
	xor	eax, eax
.Lbelljar_BB18_3:
	mov	rdx, qword ptr [rsi + 8*rax + 4288]
	mov	qword ptr [r8 + 8*rax + 64], rdx
	inc	rax
	cmp	rax, 10
	jne	.Lbelljar_BB18_3
	xor	eax, eax
.Lbelljar_BB18_5:
	mov	rdx, qword ptr [rsi + 8*rax + 4368]
	mov	qword ptr [r8 + 8*rax + 144], rdx
	inc	rax
	cmp	rax, 18
	jne	.Lbelljar_BB18_5
	mov	esi, 3
.Lbelljar_BB18_7:
	mov	edx, ecx
	jmp	.Lbelljar_tell
.Lbelljar_measure_reaped:
	mov	esi, 144
	add	rsi, qword ptr [rdi + 32]
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
	sub	rsp, 1048
	mov	rbx, rdi
	mov	r15, qword ptr [rdi + 24]
	mov	rdi, qword ptr [r15 + 80]
	test	rdi, rdi
	js	.Lbelljar_BB20_4
	xorps	xmm0, xmm0
	lea	rsi, [rsp + 8]
	movups	xmmword ptr [rsi + 1024], xmm0
	xor	r14d, r14d
	mov	eax, 17
	mov	edx, 1024
	mov	r10d, 11
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	test	rax, rax
	cmovle	rax, r14
	mov	qword ptr [rsi + 1024], rax
	mov	qword ptr [rsi + 1032], r14
	mov	rdi, rsi
	call	.Lbelljar_number
	test	al, 1
	je	.Lbelljar_BB20_4
	imul	rbx, rdx, 1000
	jmp	.Lbelljar_BB20_3
.Lbelljar_BB20_4:
	mov	r14, qword ptr [rbx + 32]
	lea	rsi, [r14 + 144]
	mov	eax, 98
	mov	rdi, -1
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	rax, qword ptr [r14 + 160]
	add	rax, qword ptr [r14 + 144]
	mov	rcx, qword ptr [r14 + 168]
	imul	rax, rax, 1000000000
	add	rcx, qword ptr [r14 + 152]
	imul	rbp, rcx, 1000
	add	rbp, rax
	mov	r14, qword ptr [r15 + 88]
	test	r14, r14
	js	.Lbelljar_BB20_20
	mov	qword ptr [rsp], rbp
	xor	ebx, ebx
	mov	eax, 8
	mov	rdi, r14
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	xorps	xmm0, xmm0
	lea	rsi, [rsp + 8]
	movups	xmmword ptr [rsi + 1024], xmm0
	mov	r13d, 1024
	mov	eax, 217
	mov	edx, 1024
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	test	rax, rax
	cmovle	rax, rbx
	mov	qword ptr [rsi + 1024], rax
	jle	.Lbelljar_BB20_19
	mov	eax, 1
	lea	r15, [rsp + 8]
	xor	ebx, ebx
.Lbelljar_BB20_7:
	test	rax, rax
	je	.Lbelljar_BB20_18
	xor	ebp, ebp
.Lbelljar_BB20_9:
	lea	rax, [rbp + 19]
	mov	qword ptr [rsp + 1040], rax
	mov	rdi, r15
	call	.Lbelljar_number
	cmp	rdx, 2
	setae	cl
	and	cl, al
	cmp	cl, 1
	jne	.Lbelljar_BB20_11
	mov	r12, rdx
	mov	edi, r12d
	shl	edi, 3
	mov	eax, 4294967290
	xor	rdi, rax
	call	.Lbelljar_clock
	mov	r13, rax
	mov	rdi, r14
	mov	rsi, r12
	call	.Lbelljar_reaped_by
	add	rbx, rax
	add	rbx, r13
	mov	r13d, 1024
.Lbelljar_BB20_11:
	lea	rcx, [rbp + 16]
	mov	rax, qword ptr [rsp + 1032]
	cmp	rcx, rax
	setae	dl
	cmp	rcx, r13
	setae	sil
	or	sil, dl
	je	.Lbelljar_BB20_13
	xor	ecx, ecx
	jmp	.Lbelljar_BB20_14
.Lbelljar_BB20_13:
	movzx	ecx, byte ptr [rsp + rcx + 8]
.Lbelljar_BB20_14:
	lea	rdx, [rbp + 17]
	cmp	rdx, rax
	setae	sil
	cmp	rdx, 1024
	setae	dil
	or	dil, sil
	je	.Lbelljar_BB20_16
	xor	edx, edx
	jmp	.Lbelljar_BB20_17
.Lbelljar_BB20_16:
	movzx	edx, byte ptr [rsp + rdx + 8]
	shl	edx, 8
.Lbelljar_BB20_17:
	add	rcx, rbp
	add	rcx, rdx
	mov	rbp, rcx
	cmp	rcx, rax
	jb	.Lbelljar_BB20_9
.Lbelljar_BB20_18:
	xorps	xmm0, xmm0
	movups	xmmword ptr [rsp + 1032], xmm0
	mov	eax, 217
	mov	edx, 1024
	mov	rdi, r14
	mov	rsi, r15
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	test	rax, rax
	mov	ecx, 0
	cmovle	rax, rcx
	mov	qword ptr [rsp + 1032], rax
	jg	.Lbelljar_BB20_7
.Lbelljar_BB20_19:
	add	rbx, qword ptr [rsp]
	jmp	.Lbelljar_BB20_3
.Lbelljar_BB20_20:
	mov	r14, qword ptr [rbx + 40]
	test	r14, r14
	je	.Lbelljar_BB20_21
	mov	r12d, 4294967290
.Lbelljar_BB20_23:
	bsf	rax, r14
	shl	eax, 24
	add	rax, qword ptr [r15 + 8]
	je	.Lbelljar_BB20_21
	lea	r13, [r14 - 1]
	mov	edi, dword ptr [rax + 4232]
	shl	edi, 3
	xor	rdi, r12
	call	.Lbelljar_clock
	mov	rbx, rax
	add	rbx, rbp
	mov	rbp, rbx
	and	r14, r13
	je	.Lbelljar_BB20_3
	jmp	.Lbelljar_BB20_23
.Lbelljar_BB20_21:
	mov	rbx, rbp
.Lbelljar_BB20_3:
	mov	rax, rbx
	add	rsp, 1048
	pop	rbx
	pop	r12
	pop	r13
	pop	r14
	pop	r15
	pop	rbp
	ret
.Lbelljar_number:
	mov	rcx, qword ptr [rdi + 1024]
	mov	rsi, qword ptr [rdi + 1032]
	cmp	rsi, rcx
	setae	al
	cmp	rsi, 1024
	setae	dl
	or	dl, al
	je	.Lbelljar_BB21_2
	xor	eax, eax
	ret
.Lbelljar_BB21_2:
	xor	r8d, r8d
	xor	eax, eax
.Lbelljar_BB21_3:
	mov	r9b, byte ptr [rdi + rsi]
	add	r9b, -48
	cmp	r9b, 9
	ja	.Lbelljar_BB21_6
	add	rdx, rdx
	lea	r10, [rdx + 4*rdx]
	test	al, 1
	cmove	r10, r8
	movzx	edx, r9b
	add	rdx, r10
	lea	r9, [rsi + 1]
	mov	qword ptr [rdi + 1032], r9
	mov	eax, 1
	cmp	rsi, 1022
	ja	.Lbelljar_BB21_6
	mov	rsi, r9
	cmp	r9, rcx
	jb	.Lbelljar_BB21_3
.Lbelljar_BB21_6:
	ret
.Lbelljar_reaped_by:
	push	r15
	push	r14
	push	rbx
	sub	rsp, 1056
	movabs	rax, 499851227951
	xor	ecx, ecx
	test	esi, esi
	je	.Lbelljar_BB22_3
	mov	edx, 3435973837
.Lbelljar_BB22_2:
	shld	rcx, rax, 8
	shl	rax, 8
	mov	r8d, esi
	imul	r8, rdx
	shr	r8, 35
	lea	r9d, [r8 + r8]
	lea	r9d, [r9 + 4*r9]
	mov	r10d, esi
	sub	r10d, r9d
	add	rax, r10
	add	rax, 48
	cmp	esi, 10
	mov	esi, r8d
	jae	.Lbelljar_BB22_2
.Lbelljar_BB22_3:
	mov	rsi, rsp
	mov	qword ptr [rsi], rax
	mov	qword ptr [rsi + 8], rcx
	mov	eax, 257
	mov	edx, 526336
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	cmp	rax, -24
	je	.Lbelljar_BB22_20
	mov	rdi, rax
	test	rax, rax
	js	.Lbelljar_BB22_5
	xorps	xmm0, xmm0
	lea	rbx, [rsp + 16]
	movups	xmmword ptr [rbx + 1024], xmm0
	xor	r14d, r14d
	mov	eax, 17
	mov	edx, 1024
	mov	rsi, rbx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	test	rax, rax
	cmovle	rax, r14
	mov	qword ptr [rbx + 1024], rax
	mov	qword ptr [rbx + 1032], r14
	mov	eax, 3
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	rax, qword ptr [rbx + 1024]
	mov	qword ptr [rbx + 1032], rax
	test	rax, rax
	je	.Lbelljar_BB22_10
	mov	r14, rax
.Lbelljar_BB22_8:
	cmp	r14, rax
	setae	cl
	cmp	r14, 1024
	setae	dl
	or	dl, cl
	jne	.Lbelljar_BB22_18
	mov	cl, byte ptr [rsp + r14 + 16]
	cmp	cl, 41
	je	.Lbelljar_BB22_10
.Lbelljar_BB22_18:
	dec	r14
	mov	qword ptr [rsp + 1048], r14
	jne	.Lbelljar_BB22_8
	xor	r14d, r14d
.Lbelljar_BB22_10:
	cmp	r14, rax
	jae	.Lbelljar_BB22_16
	xor	ecx, ecx
.Lbelljar_BB22_12:
	mov	edx, 0
	cmp	r14, 1023
	ja	.Lbelljar_BB22_14
	mov	sil, byte ptr [rsp + r14 + 16]
	xor	edx, edx
	cmp	sil, 32
	sete	dl
.Lbelljar_BB22_14:
	inc	r14
	mov	qword ptr [rsp + 1048], r14
	cmp	r14, rax
	jae	.Lbelljar_BB22_16
	add	ecx, edx
	cmp	ecx, 14
	jb	.Lbelljar_BB22_12
.Lbelljar_BB22_16:
	lea	rbx, [rsp + 16]
	mov	rdi, rbx
	call	.Lbelljar_number
	mov	r14, rdx
	xor	r15d, r15d
	test	al, 1
	cmove	r14, r15
	inc	qword ptr [rbx + 1032]
	mov	rdi, rbx
	call	.Lbelljar_number
	test	al, 1
	cmove	rdx, r15
	add	rdx, r14
	imul	rax, rdx, 10000000
	jmp	.Lbelljar_BB22_17
.Lbelljar_BB22_5:
	xor	eax, eax
.Lbelljar_BB22_17:
	add	rsp, 1056
	pop	rbx
	pop	r14
	pop	r15
	ret
.Lbelljar_BB22_20:
	call	.Lbelljar_exit
.Lbelljar_look_after:
	push	rbp
	push	r15
	push	r14
	push	r13
	push	r12
	push	rbx
	push	rax
	mov	r13, qword ptr [rdi + 40]
	test	r13, r13
	je	.Lbelljar_BB23_1
	mov	r14, rdi
	mov	rax, qword ptr [rdi + 24]
	mov	qword ptr [rsp], rax
.Lbelljar_BB23_4:
	bsf	rbx, r13
	mov	r15d, ebx
	shl	r15d, 24
	mov	rax, qword ptr [rsp]
	mov	rdx, qword ptr [rax + 8]
	add	rdx, r15
	je	.Lbelljar_BB23_1
	mov	ecx, dword ptr [rdx + 4268]
	mov	eax, dword ptr [rdx + 4180]
	cmp	qword ptr [rdx + 4248], 0
	js	.Lbelljar_BB23_12
	test	ecx, ecx
	je	.Lbelljar_BB23_7
	mov	rdi, r14
	mov	rsi, rbx
	call	.Lbelljar_started
	jmp	.Lbelljar_BB23_10
.Lbelljar_BB23_12:
	test	ecx, ecx
	je	.Lbelljar_BB23_13
.Lbelljar_BB23_10:
	mov	rax, qword ptr [r14 + 24]
	cmp	dword ptr [rax + 64], 0
	jne	.Lbelljar_BB23_11
	mov	rbp, qword ptr [rax + 8]
	lea	r12, [r15 + rbp]
	mov	rdi, qword ptr [rbp + r15 + 4256]
	call	.Lbelljar_close
	mov	rdi, qword ptr [rbp + r15 + 4248]
	call	.Lbelljar_close
	mov	rax, -2
	mov	ecx, ebx
	rol	rax, cl
	and	qword ptr [r14 + 40], rax
	mov	rdi, r14
	mov	rsi, rbx
	mov	edx, 1
	call	.Lbelljar_tell_end
	mov	eax, 11
	mov	esi, 16777216
	mov	rdi, r12
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB23_13:
	lea	rax, [r13 - 1]
	and	r13, rax
	je	.Lbelljar_BB23_1
	jmp	.Lbelljar_BB23_4
.Lbelljar_BB23_7:
	test	eax, eax
	je	.Lbelljar_BB23_13
	mov	rdi, r14
	mov	rsi, rbx
	call	.Lbelljar_started
	jmp	.Lbelljar_BB23_13
.Lbelljar_BB23_1:
	xor	eax, eax
.Lbelljar_BB23_2:
	add	rsp, 8
	pop	rbx
	pop	r12
	pop	r13
	pop	r14
	pop	r15
	pop	rbp
	ret
.Lbelljar_BB23_11:
	mov	eax, 1
	jmp	.Lbelljar_BB23_2
.Lbelljar_hear_of_children:
	push	rbx
	sub	rsp, 16
	mov	rbx, rdi
	lea	rsi, [rsp + 8]
	mov	qword ptr [rsi], 65536
	mov	eax, 289
	mov	edx, 8
	mov	r10d, 526336
	mov	rdi, -1
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	qword ptr [rbx + 48], rax
	cmp	rax, -4096
	ja	.Lbelljar_BB24_2
	add	rsp, 16
	pop	rbx
	ret
.Lbelljar_BB24_2:
	neg	eax
	mov	rdi, rbx
	mov	esi, -1
	mov	edx, -1
	mov	ecx, eax
	call	.Lbelljar_fail
.Lbelljar_wait:
	push	rbp
	push	r15
	push	r14
	push	r13
	push	r12
	push	rbx
	sub	rsp, 24
	mov	rdx, rsi
	mov	r15, rdi
	lea	rsi, [rsp + 12]
	mov	ebx, 144
	add	rbx, qword ptr [rdi + 32]
	mov	dword ptr [rsi], 0
	mov	eax, 61
	mov	rdi, -1
	mov	r10, rbx
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	r14, rax
	mov	r13, qword ptr [r15 + 40]
	test	r13, r13
	je	.Lbelljar_BB25_24
	mov	rbp, qword ptr [r15 + 24]
.Lbelljar_BB25_2:
	bsf	r12, r13
	shl	r12d, 24
	add	r12, qword ptr [rbp + 8]
	je	.Lbelljar_BB25_24
	test	r14, r14
	jle	.Lbelljar_BB25_23
	cmp	qword ptr [r12 + 4232], r14
	jne	.Lbelljar_BB25_23
	cmp	dword ptr [r12 + 4268], 0
	jne	.Lbelljar_BB25_23
	mov	eax, dword ptr [rsp + 12]
	cmp	al, 127
	jne	.Lbelljar_BB25_21
	mov	ecx, dword ptr [r12 + 4180]
	test	ecx, ecx
	jne	.Lbelljar_BB25_23
	mov	rcx, qword ptr [r12 + 4200]
	and	eax, -256
	cmp	eax, 2816
	jne	.Lbelljar_BB25_20
	test	rcx, rcx
	js	.Lbelljar_BB25_20
	cmp	dword ptr [r12 + 4164], 0
	je	.Lbelljar_BB25_12
	mov	eax, 157
	mov	edi, 4
	mov	esi, 1
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB25_12:
	mov	rdi, qword ptr [r12 + 4232]
	mov	eax, 434
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	r15, rax
	cmp	rax, -4096
	ja	.Lbelljar_BB25_14
	mov	rsi, qword ptr [r12 + 4200]
	mov	eax, 438
	mov	rdi, r15
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	mov	qword ptr [rsp + 16], rax
	call	.Lbelljar_close
	mov	r15, qword ptr [rsp + 16]
.Lbelljar_BB25_14:
	cmp	dword ptr [r12 + 4164], 0
	je	.Lbelljar_BB25_16
	mov	eax, 157
	mov	edi, 4
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB25_16:
	cmp	r15, -4096
	ja	.Lbelljar_BB25_19
	mov	qword ptr [r12 + 4256], r15
	lea	rdi, [r12 + 16773120]
	mov	eax, 9
	mov	esi, 1
	mov	edx, 1
	mov	r10d, 50
	mov	r8, -1
	xor	r9d, r9d
	syscall
	mov	r15, rax
	cmp	rax, -4096
	jbe	.Lbelljar_BB25_18
.Lbelljar_BB25_19:
	mov	dword ptr [r12 + 4184], -2
	neg	r15d
	mov	dword ptr [r12 + 4180], r15d
	jmp	.Lbelljar_BB25_23
.Lbelljar_BB25_21:
	mov	dword ptr [r12 + 4268], 1
	mov	dword ptr [r12 + 4264], eax
	mov	edi, 1
	call	.Lbelljar_clock
	mov	qword ptr [r12 + 4280], rax
	xor	eax, eax
.Lbelljar_BB25_22:
	mov	rcx, qword ptr [rbx + 8*rax]
	mov	qword ptr [r12 + 8*rax + 4368], rcx
	inc	rax
	cmp	rax, 18
	jne	.Lbelljar_BB25_22
.Lbelljar_BB25_23:
	lea	rax, [r13 - 1]
	and	r13, rax
	jne	.Lbelljar_BB25_2
	jmp	.Lbelljar_BB25_24
.Lbelljar_BB25_20:
	mov	rsi, qword ptr [r12 + 4232]
	mov	eax, 101
	mov	edi, 7
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	jmp	.Lbelljar_BB25_23
.Lbelljar_BB25_18:
	mov	dword ptr [r12 + 4192], 1
	mov	rsi, qword ptr [r12 + 4232]
	mov	eax, 101
	mov	edi, 17
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	jmp	.Lbelljar_BB25_23
.Lbelljar_BB25_24:
	mov	rax, r14
	add	rsp, 24
	pop	rbx
	pop	r12
	pop	r13
	pop	r14
	pop	r15
	pop	rbp
	ret
.Lbelljar_leave:
	push	r14
	push	rbx
	sub	rsp, 40
	mov	rbx, qword ptr [rdi + 24]
	cmp	qword ptr [rbx + 104], 0
	js	.Lbelljar_BB26_4
	mov	r14, rdi
	movups	xmm0, xmmword ptr [rbx + 40]
	mov	rdi, rsp
	movaps	xmmword ptr [rdi], xmm0
	xorps	xmm0, xmm0
	lea	rdx, [rsp + 16]
	movaps	xmmword ptr [rdx], xmm0
	mov	eax, 271
	mov	esi, 2
	mov	r8d, 8
	xor	r10d, r10d
	xor	r9d, r9d
	syscall
	bt	qword ptr [rdi], 52
	jb	.Lbelljar_BB26_3
	mov	rax, qword ptr [rsp + 8]
	shr	rax, 48
	jne	.Lbelljar_BB26_3
.Lbelljar_BB26_4:
	call	.Lbelljar_exit
.Lbelljar_BB26_3:
	mov	rdi, r14
	call	.Lbelljar_end_tree
	mov	rdi, qword ptr [rbx + 104]
	add	rbx, 112
	mov	eax, 263
	mov	edx, 512
	mov	rsi, rbx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	call	.Lbelljar_exit
.Lbelljar_end_tree:
	push	r15
	push	r14
	push	r13
	push	r12
	push	rbx
	sub	rsp, 1040
	mov	rbx, rdi
	mov	r12, qword ptr [rdi + 24]
	cmp	dword ptr [r12 + 60], 0
	je	.Lbelljar_BB27_1
	mov	esi, 9
	mov	rdi, -1
	call	.Lbelljar_signal
	test	rax, rax
	je	.Lbelljar_BB27_18
	cmp	rax, -13
	jne	.Lbelljar_BB27_19
	jmp	.Lbelljar_BB27_17
.Lbelljar_BB27_1:
	mov	r14, qword ptr [rbx + 40]
	test	r14, r14
	je	.Lbelljar_BB27_6
.Lbelljar_BB27_2:
	bsf	r15, r14
	shl	r15d, 24
	add	r15, qword ptr [r12 + 8]
	je	.Lbelljar_BB27_6
	cmp	dword ptr [r15 + 4268], 0
	jne	.Lbelljar_BB27_5
	xor	edi, edi
	sub	rdi, qword ptr [r15 + 4232]
	mov	esi, 9
	call	.Lbelljar_signal
	mov	rdi, qword ptr [r15 + 4232]
	mov	esi, 9
	call	.Lbelljar_signal
.Lbelljar_BB27_5:
	lea	rax, [r14 - 1]
	and	r14, rax
	jne	.Lbelljar_BB27_2
.Lbelljar_BB27_6:
	xor	r13d, r13d
	mov	r14, rsp
.Lbelljar_BB27_7:
	mov	rdi, rbx
	call	.Lbelljar_clear_user
	mov	r15, rax
	xorps	xmm0, xmm0
	movups	xmmword ptr [rsp + 1024], xmm0
	mov	rdi, qword ptr [r12 + 96]
	mov	eax, 17
	mov	edx, 1024
	mov	rsi, r14
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	test	rax, rax
	cmovle	rax, r13
	mov	qword ptr [rsp + 1024], rax
	mov	qword ptr [rsp + 1032], r13
	mov	rdi, r14
	call	.Lbelljar_number
	cmp	rax, 1
	jne	.Lbelljar_BB27_12
.Lbelljar_BB27_8:
	mov	rax, qword ptr [rsp + 1032]
	cmp	rax, 1023
	ja	.Lbelljar_BB27_12
	cmp	rax, qword ptr [rsp + 1024]
	jae	.Lbelljar_BB27_12
	mov	cl, byte ptr [rsp + rax]
	inc	rax
	mov	qword ptr [rsp + 1032], rax
	cmp	cl, 32
	jne	.Lbelljar_BB27_12
	mov	esi, 9
	mov	rdi, rdx
	call	.Lbelljar_signal
	mov	rdi, r14
	call	.Lbelljar_number
	test	al, 1
	jne	.Lbelljar_BB27_8
.Lbelljar_BB27_12:
	mov	esi, 1073741825
	mov	rdi, rbx
	call	.Lbelljar_wait
	test	rax, rax
	jg	.Lbelljar_BB27_12
	cmp	rax, -10
	setne	al
	cmp	r15, -11
	sete	cl
	or	cl, al
	je	.Lbelljar_BB27_17
	mov	qword ptr [rsp], 0
	mov	qword ptr [rsp + 8], 1000000
	mov	eax, 35
	mov	rdi, r14
	xor	esi, esi
	xor	edx, edx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	jmp	.Lbelljar_BB27_7
.Lbelljar_BB27_18:
	mov	rsi, rsp
	mov	dword ptr [rsi], 8
	mov	edi, dword ptr [r12 + 56]
	mov	eax, 44
	mov	edx, 4
	mov	r10d, 16448
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB27_19:
	mov	esi, 1073741824
	mov	rdi, rbx
	call	.Lbelljar_wait
	test	rax, rax
	jg	.Lbelljar_BB27_19
.Lbelljar_BB27_17:
	add	rsp, 1040
	pop	rbx
	pop	r12
	pop	r13
	pop	r14
	pop	r15
	ret
.Lbelljar_supervise:
	push	rbp
	push	r15
	push	r14
	push	r13
	push	r12
	push	rbx
	sub	rsp, 2248
	mov	r15, rdi
	mov	rax, qword ptr [rdi + 24]
	cmp	dword ptr [rax + 64], 0
	jne	.Lbelljar_BB28_2
	mov	rdi, r15
	call	.Lbelljar_hear_of_children
	mov	edi, 1
	call	.Lbelljar_clock
	mov	qword ptr [r15 + 56], rax
	mov	rdi, r15
	mov	esi, 4
	mov	edx, -1
	call	.Lbelljar_tell
	mov	rax, qword ptr [r15 + 24]
	jmp	.Lbelljar_BB28_3
.Lbelljar_BB28_2:
	mov	rcx, qword ptr [rax + 8]
	mov	rcx, qword ptr [rcx + 4240]
	mov	qword ptr [r15 + 56], rcx
.Lbelljar_BB28_3:
	mov	rcx, qword ptr [rax + 40]
	mov	qword ptr [rsp + 64], rcx
	mov	rax, qword ptr [rax + 48]
	mov	qword ptr [rsp + 56], rax
	mov	ebx, 64
	mov	qword ptr [rsp + 8], r15
.Lbelljar_BB28_4:
	mov	esi, 1073741825
	mov	rdi, r15
	call	.Lbelljar_wait
	mov	r14, rax
	test	rax, rax
	setle	al
	dec	ebx
	sete	cl
	or	cl, al
	cmp	cl, 1
	jne	.Lbelljar_BB28_4
	mov	rdi, r15
	call	.Lbelljar_look_after
	test	al, 1
	jne	.Lbelljar_BB28_6
	mov	edi, 1
	call	.Lbelljar_clock
	mov	rsi, rax
	mov	r9, qword ptr [r15 + 24]
	mov	rbx, qword ptr [r15 + 40]
	test	rbx, rbx
	mov	qword ptr [rsp + 16], r9
	mov	qword ptr [rsp + 72], rbx
	je	.Lbelljar_BB28_11
	mov	qword ptr [rsp + 24], r14
	mov	r14, -1
	xor	ebp, ebp
	mov	qword ptr [rsp + 32], rsi
.Lbelljar_BB28_13:
	bsf	r15, rbx
	shl	r15d, 24
	add	r15, qword ptr [r9 + 8]
	je	.Lbelljar_BB28_14
	cmp	dword ptr [r15 + 4272], 0
	je	.Lbelljar_BB28_43
	mov	r13, r14
.Lbelljar_BB28_56:
	lea	rax, [rbx - 1]
	mov	r14, r13
	and	rbx, rax
	jne	.Lbelljar_BB28_13
	jmp	.Lbelljar_BB28_15
.Lbelljar_BB28_43:
	mov	r12, qword ptr [r15 + 4248]
	test	r12, r12
	js	.Lbelljar_BB28_47
	mov	rax, qword ptr [r15 + 4200]
	mov	edx, 1000000
	mov	rcx, r14
	cmp	r14, rdx
	jb	.Lbelljar_BB28_46
	mov	ecx, 1000000
.Lbelljar_BB28_46:
	test	rax, rax
	cmovns	r14, rcx
	mov	bpl, 1
	cmp	dword ptr [r9 + 64], 0
	mov	r13, r14
	jne	.Lbelljar_BB28_56
.Lbelljar_BB28_47:
	mov	r13, qword ptr [r15 + 4136]
	mov	rax, rsi
	sub	rax, qword ptr [r15 + 4240]
	sub	r13, rax
	jae	.Lbelljar_BB28_49
	mov	r13d, 0
.Lbelljar_BB28_49:
	ja	.Lbelljar_BB28_52
	mov	dword ptr [r15 + 4272], 2
	cmp	dword ptr [r15 + 4268], 0
	jne	.Lbelljar_BB28_52
	mov	rdi, qword ptr [r15 + 4232]
	mov	esi, 9
	call	.Lbelljar_signal
	mov	rsi, qword ptr [rsp + 32]
	mov	r9, qword ptr [rsp + 16]
.Lbelljar_BB28_52:
	cmp	r13, 1
	adc	r13, 0
	cmp	r13, r14
	jb	.Lbelljar_BB28_54
	mov	r13, r14
.Lbelljar_BB28_54:
	test	r12, r12
	jns	.Lbelljar_BB28_56
	cmp	qword ptr [r15 + 4144], 0
	je	.Lbelljar_BB28_56
	mov	r12d, ebp
	mov	rbp, qword ptr [r15 + 4232]
	mov	r14, qword ptr [r9 + 88]
	lea	edi, [8*rbp]
	movabs	rax, 4294967296
	add	rax, -6
	xor	rdi, rax
	call	.Lbelljar_clock
	mov	rdi, r14
	mov	r14, rax
	test	rdi, rdi
	js	.Lbelljar_BB28_59
	mov	rsi, rbp
	call	.Lbelljar_reaped_by
	add	r14, rax
.Lbelljar_BB28_59:
	mov	rax, qword ptr [r15 + 4208]
	imul	rax, rax, 1000000000
	mov	rcx, qword ptr [r15 + 4216]
	add	rcx, rax
	sub	r14, rcx
	mov	r9, qword ptr [rsp + 16]
	mov	rsi, qword ptr [rsp + 32]
	mov	ebp, r12d
	jae	.Lbelljar_BB28_61
	xor	r14d, r14d
.Lbelljar_BB28_61:
	mov	rax, qword ptr [r15 + 4144]
	sub	rax, r14
	jb	.Lbelljar_BB28_67
	jne	.Lbelljar_BB28_63
.Lbelljar_BB28_67:
	cmp	dword ptr [r15 + 4272], 0
	jne	.Lbelljar_BB28_56
	mov	dword ptr [r15 + 4272], 3
	cmp	dword ptr [r15 + 4268], 0
	jne	.Lbelljar_BB28_56
	mov	rdi, qword ptr [r15 + 4232]
	mov	esi, 9
	call	.Lbelljar_signal
	mov	ebp, r12d
	mov	rsi, qword ptr [rsp + 32]
	mov	r9, qword ptr [rsp + 16]
	jmp	.Lbelljar_BB28_56
.Lbelljar_BB28_63:
	mov	rcx, qword ptr [r9 + 32]
	test	rcx, rcx
	je	.Lbelljar_BB28_65
	xor	edx, edx
	div	rcx
	cmp	rax, 2000001
	jae	.Lbelljar_BB28_66
.Lbelljar_BB28_65:
	mov	eax, 2000000
.Lbelljar_BB28_66:
	cmp	rax, r13
	cmovb	r13, rax
	jmp	.Lbelljar_BB28_56
.Lbelljar_BB28_11:
	mov	r13, -1
	jmp	.Lbelljar_BB28_16
.Lbelljar_BB28_14:
	mov	r13, r14
.Lbelljar_BB28_15:
	cmp	dword ptr [r9 + 64], 0
	setne	al
	test	al, bpl
	mov	r15, qword ptr [rsp + 8]
	mov	r14, qword ptr [rsp + 24]
	jne	.Lbelljar_BB28_23
.Lbelljar_BB28_16:
	mov	rax, qword ptr [r9 + 16]
	sub	rsi, qword ptr [r15 + 56]
	sub	rax, rsi
	jbe	.Lbelljar_BB28_17
	mov	rbx, r14
	cmp	rax, r13
	cmovb	r13, rax
	mov	r14, qword ptr [r9 + 24]
	test	r14, r14
	je	.Lbelljar_BB28_22
	add	r14, qword ptr [r15 + 64]
	mov	rax, -1
	cmovb	r14, rax
	mov	rdi, r15
	call	.Lbelljar_cpu_time
	cmp	rax, r14
	jb	.Lbelljar_BB28_37
	mov	rdi, r15
	call	.Lbelljar_cpu_time
.Lbelljar_BB28_37:
	mov	r15d, 3
	sub	r14, rax
	jb	.Lbelljar_BB28_18
	je	.Lbelljar_BB28_18
	mov	r9, qword ptr [rsp + 16]
	mov	rcx, qword ptr [r9 + 32]
	test	rcx, rcx
	je	.Lbelljar_BB28_40
	mov	rax, r14
	xor	edx, edx
	div	rcx
	cmp	rax, 2000001
	mov	ecx, 2000000
	cmovb	rax, rcx
.Lbelljar_BB28_42:
	mov	r15, qword ptr [rsp + 8]
	mov	r14, rbx
	cmp	rax, r13
	cmovb	r13, rax
	jmp	.Lbelljar_BB28_23
.Lbelljar_BB28_22:
	mov	r14, rbx
.Lbelljar_BB28_23:
	test	r14, r14
	mov	ecx, 0
	cmovle	rcx, r13
	mov	rax, rcx
	shr	rax, 9
	movabs	rdx, 19342813113834067
	mul	rdx
	shr	rdx, 11
	imul	rax, rdx, 1000000000
	sub	rcx, rax
	mov	qword ptr [rsp + 80], rdx
	mov	qword ptr [rsp + 88], rcx
	mov	rax, qword ptr [rsp + 64]
	mov	qword ptr [rsp + 168], rax
	mov	rax, qword ptr [rsp + 56]
	mov	qword ptr [rsp + 176], rax
	mov	r14, qword ptr [r15 + 48]
	mov	eax, r14d
	movabs	rdi, 4294967296
	or	rax, rdi
	mov	qword ptr [rsp + 184], rax
	mov	rbp, qword ptr [rsp + 72]
	mov	esi, 3
	test	rbp, rbp
	je	.Lbelljar_BB28_24
	mov	rax, rbp
	movabs	r8, 8589934591
.Lbelljar_BB28_71:
	bsf	rcx, rax
	shl	ecx, 24
	add	rcx, qword ptr [r9 + 8]
	je	.Lbelljar_BB28_24
	mov	edx, dword ptr [rcx + 4248]
	mov	qword ptr [rsp + 8*rsi + 168], rdx
	cmp	dword ptr [rcx + 4272], 0
	mov	rdx, r8
	jne	.Lbelljar_BB28_74
	mov	edx, dword ptr [rcx + 4256]
	or	rdx, rdi
.Lbelljar_BB28_74:
	lea	rcx, [rax - 1]
	and	rax, rcx
	mov	qword ptr [rsp + 8*rsi + 176], rdx
	add	rsi, 2
	test	rax, rax
	jne	.Lbelljar_BB28_71
.Lbelljar_BB28_24:
	mov	eax, 271
	mov	r8d, 8
	lea	rdi, [rsp + 168]
	lea	rdx, [rsp + 80]
	xor	r10d, r10d
	xor	r9d, r9d
	syscall
	test	rax, rax
	jle	.Lbelljar_BB28_106
	mov	rax, qword ptr [rsp + 184]
	movabs	rcx, 281474976710655
	cmp	rax, rcx
	jbe	.Lbelljar_BB28_27
	mov	edx, 128
	xor	eax, eax
	mov	rdi, r14
	lea	rsi, [rsp + 1216]
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
.Lbelljar_BB28_27:
	mov	ebx, -63
.Lbelljar_BB28_28:
	mov	esi, 1073741825
	mov	rdi, r15
	call	.Lbelljar_wait
	test	rax, rax
	jle	.Lbelljar_BB28_30
	test	ebx, ebx
	lea	ecx, [rbx + 1]
	mov	ebx, ecx
	jne	.Lbelljar_BB28_28
.Lbelljar_BB28_30:
	mov	qword ptr [rsp + 24], rax
	test	rbp, rbp
	movabs	rcx, 281474976710655
	mov	rdx, qword ptr [rsp + 16]
	je	.Lbelljar_BB28_75
	mov	ebx, 3
.Lbelljar_BB28_32:
	bsf	r14, rbp
	mov	r15d, r14d
	shl	r15d, 24
	add	r15, qword ptr [rdx + 8]
	je	.Lbelljar_BB28_75
	mov	r12, qword ptr [rsp + 8*rbx + 168]
	mov	rax, qword ptr [rsp + 8*rbx + 176]
	cmp	rax, rcx
	jbe	.Lbelljar_BB28_34
	inc	rcx
	test	rax, rcx
	je	.Lbelljar_BB28_133
	mov	rax, -80
.Lbelljar_BB28_113:
	mov	qword ptr [r15 + rax + 4368], 0
	add	rax, 8
	jne	.Lbelljar_BB28_113
	lea	rdx, [r15 + 4288]
	mov	rdi, qword ptr [r15 + 4256]
	mov	eax, 16
	mov	esi, 3226476800
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	cmp	rax, -4095
	setb	r13b
	movabs	rcx, 281474976710655
	mov	rdx, qword ptr [rsp + 16]
	jmp	.Lbelljar_BB28_115
.Lbelljar_BB28_34:
	xor	r13d, r13d
	jmp	.Lbelljar_BB28_115
.Lbelljar_BB28_133:
	mov	rdi, qword ptr [r15 + 4256]
	mov	qword ptr [r15 + 4256], -1
	call	.Lbelljar_close
	mov	rdx, qword ptr [rsp + 16]
	xor	r13d, r13d
	movabs	rcx, 281474976710655
.Lbelljar_BB28_115:
	cmp	r12, rcx
	seta	al
	cmp	qword ptr [r15 + 4248], 0
	js	.Lbelljar_BB28_117
	or	al, r13b
	je	.Lbelljar_BB28_117
	mov	rdi, qword ptr [rsp + 8]
	mov	rsi, r14
	call	.Lbelljar_started
	mov	rdx, qword ptr [rsp + 16]
	movabs	rcx, 281474976710655
.Lbelljar_BB28_117:
	test	r13b, r13b
	je	.Lbelljar_BB28_123
	mov	rax, qword ptr [rsp + 8]
	mov	rax, qword ptr [rax + 24]
	cmp	dword ptr [rax + 64], 0
	jne	.Lbelljar_BB28_119
	cmp	dword ptr [r15 + 4272], 0
	jne	.Lbelljar_BB28_123
	mov	dword ptr [r15 + 4272], 5
	cmp	dword ptr [r15 + 4268], 0
	jne	.Lbelljar_BB28_123
	mov	rdi, qword ptr [r15 + 4232]
	mov	esi, 9
	call	.Lbelljar_signal
	mov	rdx, qword ptr [rsp + 16]
	movabs	rcx, 281474976710655
.Lbelljar_BB28_123:
	lea	rax, [rbp - 1]
	and	rbp, rax
	add	rbx, 2
	test	rbp, rbp
	jne	.Lbelljar_BB28_32
.Lbelljar_BB28_75:
	mov	r15, qword ptr [rsp + 8]
	mov	rdi, r15
	call	.Lbelljar_look_after
	test	al, 1
	jne	.Lbelljar_BB28_7
	mov	rax, qword ptr [rsp + 176]
	movabs	rcx, 281474976710655
	cmp	rax, rcx
	ja	.Lbelljar_BB28_77
	mov	rax, qword ptr [rsp + 168]
	cmp	rax, rcx
	jbe	.Lbelljar_BB28_106
	xorps	xmm0, xmm0
	movups	xmmword ptr [rsp + 40], xmm0
	lea	rax, [rsp + 40]
	mov	qword ptr [rsp + 96], rax
	mov	qword ptr [rsp + 104], 16
	movups	xmmword ptr [rsp + 112], xmm0
	lea	rax, [rsp + 96]
	mov	qword ptr [rsp + 128], rax
	mov	qword ptr [rsp + 136], 1
	lea	rax, [rsp + 1216]
	mov	qword ptr [rsp + 144], rax
	mov	qword ptr [rsp + 152], 1032
	mov	qword ptr [rsp + 160], 0
	mov	rbx, qword ptr [r15 + 24]
	mov	edi, dword ptr [rbx + 56]
	mov	eax, 47
	mov	edx, 64
	lea	rsi, [rsp + 112]
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	syscall
	cmp	rax, -11
	je	.Lbelljar_BB28_105
	cmp	rax, -4
	je	.Lbelljar_BB28_105
	test	rax, rax
	jle	.Lbelljar_BB28_77
	mov	rsi, qword ptr [rsp + 152]
	mov	r12, qword ptr [rsp + 1216]
	add	r12, -16
	shr	r12, 2
	cmp	rsi, 17
	mov	ecx, 0
	cmovb	r12, rcx
	mov	edx, 4
	lea	rcx, [rsp + 1232]
	cmovae	rdx, rcx
	mov	r15d, 6
	cmp	rax, 16
	jne	.Lbelljar_BB28_8
	test	byte ptr [rsp + 160], 8
	jne	.Lbelljar_BB28_8
	mov	r14d, dword ptr [rsp + 44]
	cmp	r14, 64
	setb	dil
	setae	r8b
	mov	r10, qword ptr [rsp + 8]
	mov	rax, qword ptr [r10 + 40]
	mov	ecx, r14d
	shr	rax, cl
	mov	ecx, dword ptr [rsp + 40]
	mov	r9, qword ptr [r10]
	cmp	r9, 1
	jne	.Lbelljar_BB28_86
	cmp	qword ptr [r10 + 8], r14
	jne	.Lbelljar_BB28_86
	cmp	ecx, 2
	jne	.Lbelljar_BB28_87
	test	r12, r12
	je	.Lbelljar_BB28_8
	mov	rdi, qword ptr [rsp + 8]
	mov	rsi, r14
.Lbelljar_BB28_93:
	mov	rcx, r12
	call	.Lbelljar_take
	jmp	.Lbelljar_BB28_105
.Lbelljar_BB28_86:
	cmp	ecx, 1
	je	.Lbelljar_BB28_97
.Lbelljar_BB28_87:
	cmp	ecx, 3
	jne	.Lbelljar_BB28_88
	test	r12, r12
	jne	.Lbelljar_BB28_8
	and	dil, al
	je	.Lbelljar_BB28_96
	mov	rax, qword ptr [rbx + 8]
	shl	r14, 24
	cmp	dword ptr [rax + r14 + 4268], 0
	jne	.Lbelljar_BB28_105
	mov	rsi, qword ptr [rsp + 48]
	mov	rdi, qword ptr [rax + r14 + 4232]
	call	.Lbelljar_signal
	jmp	.Lbelljar_BB28_105
.Lbelljar_BB28_97:
	test	r12, r12
	je	.Lbelljar_BB28_8
	or	r8b, al
	or	r9b, r8b
	test	r9b, 1
	jne	.Lbelljar_BB28_8
	dec	r12
	cmp	rsi, 17
	mov	r13d, 8
	lea	rax, [rsp + 1236]
	cmovae	r13, rax
	movsxd	r8, dword ptr [rdx]
	mov	rsi, qword ptr [rsp + 48]
	cmp	rsi, 16773121
	jae	.Lbelljar_BB28_100
	mov	rdi, r14
	shl	rdi, 24
	add	rdi, qword ptr [rbx + 8]
	mov	eax, 9
	mov	edx, 3
	mov	r10d, 18
	xor	r9d, r9d
	syscall
	mov	rbp, rax
	mov	rdi, r8
	call	.Lbelljar_close
	cmp	rbp, -4096
	mov	r15, qword ptr [rsp + 8]
	ja	.Lbelljar_BB28_101
	mov	qword ptr [r15], 1
	mov	qword ptr [r15 + 8], r14
	mov	qword ptr [r15 + 16], 0
	mov	rdi, r15
	mov	rsi, r14
	mov	rdx, r13
	jmp	.Lbelljar_BB28_93
.Lbelljar_BB28_96:
	cmp	r14d, 63
	ja	.Lbelljar_BB28_8
	jmp	.Lbelljar_BB28_105
.Lbelljar_BB28_100:
	mov	rdi, r8
	call	.Lbelljar_close
	mov	rbp, -7
	mov	r15, qword ptr [rsp + 8]
.Lbelljar_BB28_101:
	test	r12, r12
	je	.Lbelljar_BB28_104
	shl	r12, 2
	xor	ebx, ebx
.Lbelljar_BB28_103:
	movsxd	rdi, dword ptr [r13 + rbx]
	call	.Lbelljar_close
	add	rbx, 4
	cmp	r12, rbx
	jne	.Lbelljar_BB28_103
.Lbelljar_BB28_104:
	neg	ebp
	mov	rax, qword ptr [r15 + 32]
	mov	dword ptr [rax + 8], -1
	mov	dword ptr [rax + 12], ebp
	mov	rdi, r15
	mov	esi, 2
	mov	edx, r14d
	call	.Lbelljar_tell
.Lbelljar_BB28_105:
	mov	r15, qword ptr [rsp + 8]
.Lbelljar_BB28_106:
	mov	ebx, 64
	jmp	.Lbelljar_BB28_4
.Lbelljar_BB28_40:
	mov	eax, 2000000
	jmp	.Lbelljar_BB28_42
.Lbelljar_BB28_119:
	mov	dword ptr [r15 + 4272], 5
	mov	r15d, 5
	mov	qword ptr [rsp + 24], 0
	jmp	.Lbelljar_BB28_8
.Lbelljar_BB28_6:
	mov	qword ptr [rsp + 24], r14
.Lbelljar_BB28_7:
	mov	r15d, 1
	jmp	.Lbelljar_BB28_8
.Lbelljar_BB28_77:
	mov	r15d, 4
.Lbelljar_BB28_8:
	mov	edi, 1
	call	.Lbelljar_clock
	mov	r14, rax
	cmp	qword ptr [rsp + 24], -10
	jne	.Lbelljar_BB28_9
	mov	rbx, qword ptr [rsp + 8]
	mov	rax, qword ptr [rbx + 24]
	cmp	dword ptr [rax + 68], 0
	jne	.Lbelljar_BB28_125
	jmp	.Lbelljar_BB28_126
.Lbelljar_BB28_17:
	mov	r15d, 2
.Lbelljar_BB28_18:
	mov	edi, 1
	call	.Lbelljar_clock
	mov	r14, rax
.Lbelljar_BB28_9:
	mov	rbx, qword ptr [rsp + 8]
.Lbelljar_BB28_125:
	mov	rdi, rbx
	call	.Lbelljar_end_tree
.Lbelljar_BB28_126:
	mov	rbx, qword ptr [rbx + 40]
	test	rbx, rbx
	je	.Lbelljar_BB28_132
	mov	rax, qword ptr [rsp + 8]
	mov	r12, qword ptr [rax + 24]
.Lbelljar_BB28_128:
	bsf	rsi, rbx
	mov	eax, esi
	shl	eax, 24
	add	rax, qword ptr [r12 + 8]
	je	.Lbelljar_BB28_132
	cmp	dword ptr [rax + 4268], 0
	jne	.Lbelljar_BB28_131
	mov	qword ptr [rax + 4280], r14
.Lbelljar_BB28_131:
	lea	rax, [rbx - 1]
	and	rbx, rax
	mov	rdi, qword ptr [rsp + 8]
	mov	edx, r15d
	call	.Lbelljar_tell_end
	test	rbx, rbx
	jne	.Lbelljar_BB28_128
.Lbelljar_BB28_132:
	mov	rbx, qword ptr [rsp + 8]
	mov	rcx, qword ptr [rbx + 32]
	mov	dword ptr [rcx + 16], r15d
	mov	rax, qword ptr [rbx + 56]
	mov	qword ptr [rcx + 32], rax
	mov	qword ptr [rcx + 40], r14
	mov	rsi, qword ptr [rbx + 64]
	mov	rax, rsi
	shr	rax, 9
	movabs	rdx, 19342813113834067
	mul	rdx
	shr	rdx, 11
	imul	rax, rdx, 1000000000
	sub	rsi, rax
	mov	qword ptr [rcx + 48], rdx
	mov	qword ptr [rcx + 56], rsi
	mov	rdi, rbx
	call	.Lbelljar_measure_reaped
	mov	rdi, rbx
	mov	esi, 5
	mov	edx, -1
	call	.Lbelljar_tell
	mov	rdi, rbx
	call	.Lbelljar_leave
.Lbelljar_BB28_88:
	cmp	ecx, 4
	jne	.Lbelljar_BB28_8
	xor	eax, eax
	test	r12, r12
	setne	al
	lea	r15d, [2*rax + 4]
	jmp	.Lbelljar_BB28_8
.Lbelljar_entry:
	push	rax
	call	.Lbelljar_begin
